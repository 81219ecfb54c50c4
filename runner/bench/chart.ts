/** How far each measurement is from its target, as an SVG that stands alone: a bar for the value, a dot for each sample. */

import type { Spec } from 'vega';
import { draw } from '../report/html/chart.ts';
import { type Measurements, parseTarget } from './measurement.ts';

const layout = { row: 24, bars: 520, charWidth: 6.7, font: 'ui-monospace, "DejaVu Sans Mono", monospace', fontSize: 11 } as const;
const colors = { reached: '#2f8f4e', missed: '#c0392b', ink: '#222222', dim: '#777777', line: '#dddddd' } as const;

interface Row {
	readonly row: number;
	readonly name: string;
	readonly label: string;
	readonly color: string;
	/** 1 is the target, less is worse, whichever way the target points. */
	readonly share: number;
	readonly samples: readonly number[];
}

/** The axis ends there: how much better hardly matters any more. */
const most = 3;

/** Only measurements with a target are drawn. */
export async function chartOf(measurements: Measurements): Promise<string> {
	return draw(specOf(rowsOf(measurements)));
}

/** A share of the target for each value and sample. */
export function rowsOf(measurements: Measurements): Row[] {
	return Object.entries(measurements)
		.flatMap(([name, one]) => (one.target === null ? [] : [{ name, one, target: parseTarget(one.target), text: one.target }]))
		.map(({ name, one, target: { operator, bound }, text }, row) => {
			// A difference may come out below zero, where less is better: as good as it gets.
			const better = (value: number) => (value <= 0 ? most : bound / value);
			const share = (value: number) => Math.min(most, operator === '>=' ? value / bound : better(value));
			return {
				row,
				name,
				label: `${one.value} ${one.unit}  (${text})`,
				color: one.ok ? colors.reached : colors.missed,
				share: share(one.value),
				samples: one.samples.map(share),
			};
		});
}

function specOf(rows: readonly Row[]): Spec {
	const labelWidth = Math.max(0, ...rows.map(({ name }) => name.length)) * layout.charWidth;
	const text = { font: { value: layout.font }, fontSize: { value: layout.fontSize }, baseline: { value: 'middle' } } as const;
	const middle = { scale: 'row', field: 'row', band: 0.5 } as const;
	const axisText = { labelColor: colors.dim, labelFont: layout.font, labelFontSize: layout.fontSize } as const;
	return {
		description: 'Measurements as shares of their targets',
		width: layout.bars,
		height: rows.length * layout.row,
		padding: { left: Math.ceil(labelWidth) + 16, right: 220, top: 8, bottom: 28 },
		autosize: 'none',
		background: '#ffffff',
		data: [
			{ name: 'rows', values: [...rows] },
			{ name: 'samples', values: rows.flatMap(({ row, samples }) => samples.map((share) => ({ row, share }))) },
		],
		scales: [
			{ name: 'row', type: 'band', domain: rows.map(({ row }) => row), range: 'height', paddingInner: 0.4, paddingOuter: 0.2 },
			{ name: 'share', type: 'linear', domain: [0, most], range: 'width' },
		],
		axes: [
			{
				...axisText,
				orient: 'bottom',
				scale: 'share',
				values: [0, 1, 2, 3],
				grid: true,
				gridColor: colors.line,
				domainColor: colors.line,
				tickColor: colors.line,
				encode: { labels: { update: { text: { signal: "datum.value == 1 ? 'target' : datum.value + ' x'" } } } },
			},
		],
		marks: [
			{
				type: 'text',
				from: { data: 'rows' },
				encode: {
					enter: {
						...text,
						x: { value: -8 },
						y: middle,
						text: { field: 'name' },
						align: { value: 'right' },
						fill: { value: colors.ink },
					},
				},
			},
			{
				type: 'rect',
				from: { data: 'rows' },
				encode: {
					enter: {
						x: { scale: 'share', value: 0 },
						x2: { scale: 'share', field: 'share' },
						y: { scale: 'row', field: 'row' },
						height: { scale: 'row', band: 1 },
						fill: { field: 'color' },
						fillOpacity: { value: 0.6 },
					},
				},
			},
			{
				type: 'symbol',
				from: { data: 'samples' },
				encode: {
					enter: {
						x: { scale: 'share', field: 'share' },
						y: middle,
						size: { value: 14 },
						fill: { value: colors.ink },
						fillOpacity: { value: 0.5 },
					},
				},
			},
			{
				type: 'rule',
				encode: {
					enter: {
						x: { scale: 'share', value: 1 },
						y: { value: 0 },
						y2: { value: rows.length * layout.row },
						stroke: { value: colors.ink },
					},
				},
			},
			{
				type: 'text',
				from: { data: 'rows' },
				encode: {
					enter: { ...text, x: { value: layout.bars + 8 }, y: middle, text: { field: 'label' }, fill: { value: colors.dim } },
				},
			},
		],
	};
}
