/** The shapes of results/bench/latest.json, and the verdict against a target. Pure. */

import { median } from './statistics.ts';

const operators = {
	'<': (value: number, bound: number) => value < bound,
	'<=': (value: number, bound: number) => value <= bound,
	'>=': (value: number, bound: number) => value >= bound,
} as const;

/** `>= 30`, `< 0.4`, in the measurement's unit. */
export type Target = `${keyof typeof operators} ${number}`;

export type Unit = 's' | 'x' | 'MB/s' | 'MiB' | '/min';

export interface Measurement {
	/** The median, or for a ratio that of the medians. */
	readonly value: number;
	readonly unit: Unit;
	/** null: it is there to be compared with. */
	readonly target: Target | null;
	readonly ok: boolean;
	/** In the order in which they were taken; of a ratio, that of each pair. */
	readonly samples: readonly number[];
}

/** By name; a name ends with the kernel it is about, if it is about one. */
export type Measurements = Readonly<Record<string, Measurement>>;

/** Whether `value` reaches `target`; NaN, which nothing was measured for, reaches none. */
export function reaches(value: number, target: Target | null): boolean {
	if (target === null) return !Number.isNaN(value);
	const { operator, bound } = parseTarget(target);
	return operators[operator](value, bound);
}

export function parseTarget(target: Target): { readonly operator: keyof typeof operators; readonly bound: number } {
	const [operator, bound] = target.split(' ') as [keyof typeof operators, string];
	return { operator, bound: Number(bound) };
}

/** Of samples of one thing. */
export function measured(unit: Unit, samples: readonly number[], target: Target | null = null): Measurement {
	return judged(unit, median(samples), samples, target);
}

/** How many times `slow` the `fast` is: both were measured in one run, in turns. */
export function ratio(slow: readonly number[], fast: readonly number[], target: Target | null = null): Measurement {
	const pairs = slow.map((sample, index) => sample / (fast[index] ?? Number.NaN));
	return judged('x', median(slow) / median(fast), pairs, target);
}

/** By how much `longer` is longer than `shorter`, which was measured in the same run. */
export function difference(unit: Unit, longer: readonly number[], shorter: readonly number[], target: Target | null = null): Measurement {
	const pairs = longer.map((sample, index) => sample - (shorter[index] ?? Number.NaN));
	return judged(unit, median(longer) - median(shorter), pairs, target);
}

function judged(unit: Unit, exact: number, samples: readonly number[], target: Target | null): Measurement {
	// A target is not reached by rounding.
	return { value: rounded(exact), unit, target, ok: reaches(exact, target), samples: samples.map(rounded) };
}

/** Four digits tell more than a measurement knows. */
function rounded(value: number): number {
	return Number(value.toPrecision(4));
}

/** Names of what missed its target. */
export function missed(measurements: Measurements): string[] {
	return Object.entries(measurements)
		.filter(([, { ok }]) => !ok)
		.map(([name]) => name);
}
