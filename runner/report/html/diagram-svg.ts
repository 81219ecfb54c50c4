/** A race as a picture: a lane for each task, holds as bars; colors are the page's own, so it follows light and dark. */

import type { Diagram, DiagramRow as Row } from '../../model/race.ts';

const layout = { row: 18, charWidth: 6.7, pad: 14, indent: 10, header: 30, fontSize: 11 } as const;
const colors: Readonly<Record<Row['kind'], string>> = {
	call: 'var(--ink, #222)',
	hold: 'var(--INCONCLUSIVE, #a60)',
	fact: 'var(--dim, #777)',
	trace: 'var(--dim, #777)',
	splat: 'var(--FAIL, #c00)',
};

/** A whole SVG element; empty for an empty diagram. */
export function diagramSvg({ columns, rows }: Diagram): string {
	if (rows.length === 0) return '';
	const widths = columns.map((title, column) =>
		Math.max(
			title.length * layout.charWidth,
			...rows.filter((row) => row.column === column).map((row) => row.text.length * layout.charWidth + row.depth * layout.indent),
		),
	);
	const left = columns.map((_, column) => widths.slice(0, column).reduce((sum, width) => sum + width + 2 * layout.pad, layout.pad));
	const width = Math.ceil(widths.reduce((sum, one) => sum + one + 2 * layout.pad, 0));
	const height = layout.header + rows.length * layout.row + layout.pad;
	const lanes = left.map(
		(x, column) =>
			`<text x="${x}" y="18" font-weight="bold" fill="var(--ink, #222)">${harmlessXml(columns[column] ?? '')}</text>` +
			`<line x1="${x - layout.pad / 2}" y1="${layout.header - 6}" x2="${x - layout.pad / 2}" y2="${height - 4}" stroke="var(--line, #ccc)"/>`,
	);
	const lines = rows.map((row, at) => {
		const x = (left[row.column] ?? 0) + row.depth * layout.indent;
		const y = layout.header + at * layout.row;
		const bar = row.kind === 'hold' ? `<rect x="${x - 4}" y="${y - 1}" width="3" height="${layout.row - 2}" fill="${colors.hold}"/>` : '';
		const weight = row.kind === 'splat' ? ' font-weight="bold"' : '';
		return `${bar}<text x="${x}" y="${y + 12}" fill="${colors[row.kind]}"${weight}>${harmlessXml(row.text)}</text>`;
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="race diagram" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
		` font-family="ui-monospace, 'DejaVu Sans Mono', monospace" font-size="${layout.fontSize}">`,
		...lanes,
		...lines,
		'</svg>',
	].join('');
}

/** Text of a guest: what XML refuses is replaced. */
function harmlessXml(text: string): string {
	return (
		text
			.replaceAll('&', '&amp;')
			.replaceAll('<', '&lt;')
			.replaceAll('>', '&gt;')
			.replaceAll('"', '&quot;')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no control characters, escaped or not
			.replace(/[\u0000-\u0008\u000b-\u001f]/g, '\ufffd')
	);
}
