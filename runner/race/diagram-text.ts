/** A race as text in columns, the way fix commits draw it. */

import type { Diagram, DiagramRow } from '../model/race.ts';

const gap = ' | ';
/** A longer line makes its column no wider; it is cut. */
const widest = 48;

/** Lines without trailing blanks; empty for an empty diagram. */
export function diagramText({ columns, rows }: Diagram): string {
	if (rows.length === 0) return '';
	const cells = rows.map((row) => ({ column: row.column, text: cut(`${' '.repeat(row.depth)}${textOf(row)}`) }));
	const widths = columns.map((title, column) =>
		Math.max(title.length, ...cells.filter((cell) => cell.column === column).map(({ text }) => text.length)),
	);
	const line = (of: (column: number) => string) =>
		columns
			.map((_, column) => of(column).padEnd(widths[column] ?? 0))
			.join(gap)
			.trimEnd();
	return [
		line((column) => columns[column] ?? ''),
		widths.map((width) => '-'.repeat(width)).join('-+-'),
		...cells.map((cell) => line((column) => (cell.column === column ? cell.text : ''))),
	].join('\n');
}

/** As a comment where it is no call. */
function textOf({ kind, text }: DiagramRow): string {
	if (kind === 'call') return text;
	return kind === 'trace' ? `// ${text}` : `/* ${text} */`;
}

function cut(text: string): string {
	return text.length <= widest ? text : `${text.slice(0, widest - 3)}...`;
}
