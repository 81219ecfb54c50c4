/** A measurement with known bugs for people: a line per patch as it is tried, and a table by area at the end. */

import { type Gate, isMeasured, type Outcome } from '../model/gate.ts';
import { count, formatDuration } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import type { Paint } from './paint.ts';

const colors = { caught: 'green', clean: 'green', missed: 'red', noisy: 'red', broken: 'yellow', 'not-applicable': 'dim' } as const;

const patchNames = { m: '', w: ' (widened)', d: ' (control)' } as const;

/** `caught    31 on debian:6.12  erofs-race/withdraw  splat: KASAN: …  2/2  34 s`. */
export function outcomeLine(outcome: Outcome, paint: Paint): string {
	const badge = paint(colors[outcome.outcome], outcome.outcome.padEnd('not-applicable'.length + 2));
	const said = outcome.catch
		? `${outcome.catch.case}  ${oneLine(outcome.catch.sign)}  ${outcome.catch.rate}`
		: oneLine(outcome.why ?? outcome.title);
	const took = outcome.durationMs > 0 ? `  ${formatDuration(outcome.durationMs)}` : '';
	return `${badge}${outcome.bug}${patchNames[outcome.patch]} on ${outcome.kernelSpec}  ${said}${took}`;
}

export interface AreaCount {
	readonly area: string;
	readonly kernelSpec: string;
	readonly caught: number;
	readonly missed: number;
	readonly broken: number;
	readonly notApplicable: number;
}

/** Bugs by area and kernel, each counted once; controls are not bugs. */
export function countByArea({ outcomes }: Pick<Gate, 'outcomes'>): AreaCount[] {
	const rows = new Map<string, AreaCount>();
	for (const bug of new Set(outcomes.map((one) => one.bug)))
		for (const kernelSpec of new Set(outcomes.map((one) => one.kernelSpec))) {
			const tries = outcomes.filter((one) => one.bug === bug && one.kernelSpec === kernelSpec && one.patch !== 'd');
			const [first] = tries;
			if (!first) continue;
			const has = (kind: Outcome['outcome']) => tries.some(({ outcome }) => outcome === kind);
			const key = `${first.area} ${kernelSpec}`;
			const row = rows.get(key) ?? { area: first.area, kernelSpec, caught: 0, missed: 0, broken: 0, notApplicable: 0 };
			const field = has('caught') ? 'caught' : has('missed') ? 'missed' : has('broken') ? 'broken' : 'notApplicable';
			rows.set(key, { ...row, [field]: row[field] + 1 });
		}
	return [...rows.values()].sort((a, b) =>
		a.kernelSpec === b.kernelSpec ? (a.area < b.area ? -1 : 1) : a.kernelSpec < b.kernelSpec ? -1 : 1,
	);
}

/** The end of a measurement: the table, what was missed and why, controls that were not clean. */
export function gateSummary(gate: Gate, paint: Paint): string[] {
	const rows = countByArea(gate);
	const width = Math.max(4, ...rows.map(({ area }) => area.length));
	const kernelWidth = Math.max(6, ...rows.map(({ kernelSpec }) => kernelSpec.length));
	const table = rows.map(({ area, kernelSpec, caught, missed, broken, notApplicable }) => {
		const of = caught + missed + broken;
		const rest = [
			missed > 0 && `${missed} missed`,
			broken > 0 && `${broken} broken`,
			notApplicable > 0 && `${notApplicable} not applicable`,
		];
		return `${area.padEnd(width)}  ${kernelSpec.padEnd(kernelWidth)}  ${of === 0 ? '-' : `${caught} of ${of} caught`}${rest
			.filter(Boolean)
			.map((text) => `, ${text}`)
			.join('')}`;
	});
	return [...table, '', paint('bold', gateHeadline(gate))];
}

/** `41 of 48 bugs caught (85 %), 6 of 6 controls clean`. */
export function gateHeadline(gate: Gate): string {
	if (gate.outcomes.length === 0) return 'nothing was measured';
	if (!isMeasured(gate)) return `nothing was measured: none of these bugs has a patch for ${gate.kernels.join(' or ')}`;
	const rows = countByArea(gate);
	const caught = rows.reduce((sum, row) => sum + row.caught, 0);
	const all = rows.reduce((sum, row) => sum + row.caught + row.missed + row.broken, 0);
	const share = all === 0 ? 0 : Math.floor((100 * caught) / all);
	const controls = gate.outcomes.filter(({ patch }) => patch === 'd');
	const clean = controls.filter(({ outcome }) => outcome === 'clean').length;
	return `${caught} of ${count(all, 'bug')} caught (${share} %), ${clean} of ${count(controls.length, 'control')} clean`;
}
