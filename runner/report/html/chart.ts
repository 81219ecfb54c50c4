/** Where the time went, as SVG drawn when the report is made; colors are the page's own, so it follows light and dark. */

import type { Spec } from 'vega';
import type { Run } from '../../model/run.ts';
import { formatDuration } from '../../util/text.ts';
import { oneLine } from '../harmless-run.ts';
import { columnOf } from '../matrix.ts';

const most = { phases: 30, cases: 30, labelChars: 64 } as const;
const layout = { row: 20, bars: 640, axis: 24, font: 'ui-monospace, "DejaVu Sans Mono", monospace', fontSize: 11 } as const;
// The advance of monospace fonts is 0.6 em; vega without a canvas can only guess, and guesses wide.
const charWidth = layout.fontSize * 0.605;
// Seconds that a clock has marks for.
const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];

interface Bar {
	readonly name: string;
	readonly from: number;
	readonly to: number;
	readonly color: string;
	readonly label: string;
}

export interface Chart {
	readonly title: string;
	readonly svg: string;
}

/** The phases on the clock of the run, and the slowest cases; a chart without bars is left out. */
export async function timingCharts(run: Run): Promise<Chart[]> {
	const longest = [...run.phases].sort((a, b) => b.durationMs - a.durationMs).slice(0, most.phases);
	const phases = longest
		.sort((a, b) => a.startedMs - b.startedMs)
		.map(({ name, startedMs, durationMs }) => bar(name, startedMs, durationMs, 'var(--chart)'));
	const isOneKernel = new Set(run.jobs.map(columnOf)).size < 2;
	const cases = run.jobs
		.flatMap((job) => job.cases.map((result) => ({ job, result })))
		.filter(({ result }) => result.durationMs > 0)
		.sort((a, b) => b.result.durationMs - a.result.durationMs)
		.slice(0, most.cases)
		.map(({ job, result }) =>
			bar(`${result.suite}/${result.case}${isOneKernel ? '' : `  ${columnOf(job)}`}`, 0, result.durationMs, `var(--${result.status})`),
		);
	const charts = [
		{ title: longest.length < run.phases.length ? `Longest ${longest.length} of ${run.phases.length} phases` : 'Phases', bars: phases },
		{ title: 'Slowest cases, all attempts together', bars: cases },
	];
	const labelWidth = Math.max(0, ...[...phases, ...cases].map(({ name }) => name.length)) * charWidth;
	return Promise.all(
		charts
			.filter(({ bars }) => bars.length > 0)
			.map(async ({ title, bars }) => ({ title, svg: await draw(spec(title, bars, labelWidth)) })),
	);
}

function bar(hostile: string, startedMs: number, durationMs: number, color: string): Bar {
	const name = oneLine(hostile);
	const short = name.length <= most.labelChars ? name : `${name.slice(0, most.labelChars - 1)}\u2026`;
	return { name: short, from: startedMs / 1000, to: (startedMs + durationMs) / 1000, color, label: formatDuration(durationMs) };
}

/** At most seven marks from zero to `end` seconds, on round times. */
export function ticks(end: number): { readonly values: number[]; readonly unit: 's' | 'min' | 'h' } {
	const step = steps.find((one) => end / one <= 7) ?? 86_400 * Math.ceil(end / 86_400 / 7);
	const values = Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step);
	return { values, unit: step >= 3600 ? 'h' : step >= 60 ? 'min' : 's' };
}

/** A chart as the text of an SVG. */
export async function draw(chart: Spec): Promise<string> {
	// Loading vega takes longer than everything else a short command does.
	const { parse, View } = await import('vega');
	const view = new View(parse(chart), { renderer: 'none' });
	try {
		return await view.toSVG();
	} finally {
		view.finalize();
	}
}

function spec(description: string, bars: readonly Bar[], labelWidth: number): Spec {
	const end = Math.max(...bars.map(({ to }) => to));
	const { values, unit } = ticks(end);
	const text = { font: { value: layout.font }, fontSize: { value: layout.fontSize }, baseline: { value: 'middle' } } as const;
	const middle = { scale: 'row', field: 'row', band: 0.5 } as const;
	return {
		description,
		width: layout.bars,
		height: bars.length * layout.row,
		padding: { left: Math.ceil(labelWidth) + 10, right: 90, top: 2, bottom: layout.axis },
		autosize: 'none',
		background: 'transparent',
		// Rows are numbered: two phases may have the same name, and a band scale would put them on one row.
		data: [{ name: 'bars', values: bars.map((one, row) => ({ ...one, row })) }],
		scales: [
			{ name: 'row', type: 'band', domain: bars.map((_, row) => row), range: 'height', paddingInner: 0.35, paddingOuter: 0.2 },
			{ name: 'seconds', type: 'linear', domain: [0, end], range: 'width' },
		],
		axes: [
			{
				orient: 'bottom',
				scale: 'seconds',
				values,
				grid: true,
				gridColor: 'var(--line)',
				domainColor: 'var(--line)',
				tickColor: 'var(--line)',
				labelColor: 'var(--dim)',
				labelFont: layout.font,
				labelFontSize: layout.fontSize,
				encode: {
					labels: { update: { text: { signal: `format(datum.value / ${{ s: 1, min: 60, h: 3600 }[unit]}, '~r') + ' ${unit}'` } } },
				},
			},
		],
		marks: [
			{
				type: 'text',
				from: { data: 'bars' },
				encode: {
					enter: {
						...text,
						x: { value: -8 },
						y: middle,
						text: { field: 'name' },
						align: { value: 'right' },
						fill: { value: 'var(--ink)' },
					},
				},
			},
			{
				type: 'rect',
				from: { data: 'bars' },
				encode: {
					enter: {
						x: { scale: 'seconds', field: 'from' },
						x2: { scale: 'seconds', field: 'to' },
						y: { scale: 'row', field: 'row' },
						height: { scale: 'row', band: 1 },
						fill: { field: 'color' },
						cornerRadius: { value: 1.5 },
					},
				},
			},
			{
				type: 'text',
				from: { data: 'bars' },
				encode: {
					enter: {
						...text,
						x: { scale: 'seconds', field: 'to', offset: 5 },
						y: middle,
						text: { field: 'label' },
						fill: { value: 'var(--dim)' },
					},
				},
			},
		],
	};
}
