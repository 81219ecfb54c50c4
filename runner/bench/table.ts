/** Measurements for people: a line each. */

import type { Paint } from '../report/paint.ts';
import { count } from '../util/text.ts';
import { type Measurement, type Measurements, missed } from './measurement.ts';

/** `ok      boot-vs-clone debian:6.12     41.2 x    >= 30    (38.9 to 44.0)`, in columns. */
export function tableLines(measurements: Measurements, paint: Paint): string[] {
	const rows = Object.entries(measurements);
	const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
	const valueWidth = Math.max(0, ...rows.map(([, one]) => valueText(one).length));
	const targetWidth = Math.max(0, ...rows.map(([, { target }]) => (target ?? '').length));
	return rows.map(([name, one]) => {
		const badge = one.ok
			? paint(one.target === null ? 'dim' : 'green', one.target === null ? '      ' : 'ok    ')
			: paint('alarm', 'MISSED');
		const target = (one.target ?? '').padEnd(targetWidth);
		return `${badge}  ${name.padEnd(nameWidth)}  ${valueText(one).padStart(valueWidth)}  ${target}  ${paint('dim', spread(one))}`.trimEnd();
	});
}

/** `2 of 9 targets missed: boot-overhead debian:6.12, ...`. */
export function headline(measurements: Measurements): string {
	const targets = Object.values(measurements).filter(({ target }) => target !== null).length;
	const names = missed(measurements);
	if (names.length === 0) return `${count(targets, 'target')} reached`;
	return `${names.length} of ${count(targets, 'target')} missed: ${names.join(', ')}`;
}

function valueText({ value, unit }: Measurement): string {
	return `${value} ${unit}`;
}

/** The least and the most. */
function spread({ samples }: Measurement): string {
	if (samples.length < 2) return '';
	return `(${Math.min(...samples)} to ${Math.max(...samples)})`;
}
