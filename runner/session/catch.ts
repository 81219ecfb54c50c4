/** Whether a run on a kernel with a bug shows that bug. Pure. */

import type { KnownBug } from '../config/corpus.ts';
import type { Catch, Outcome } from '../model/gate.ts';
import type { CaseResult, Run } from '../model/run.ts';

/** What a failed case says for itself, one sign each; nothing for a case that did not fail. */
export function signsOf(result: Pick<CaseResult, 'attempts'>): string[] {
	const signs = result.attempts
		.filter(({ status }) => status === 'FAIL')
		.flatMap((attempt) => [
			...attempt.splats.filter((splat) => splat.isFailure && splat.knownIssue === undefined).map((splat) => `splat: ${splat.title}`),
			...attempt.assertions.filter(({ status }) => status === 'FAIL').map(({ name }) => `not ok: ${name}`),
			...attempt.leftOvers.map((left) => `left over: ${left}`),
			...(attempt.reason === undefined ? [] : [attempt.reason]),
		]);
	return [...new Set(signs)];
}

/** By `suite/case`. */
export function resultsByName(run: Pick<Run, 'jobs'>): ReadonlyMap<string, CaseResult> {
	return new Map(run.jobs.flatMap((job) => job.cases.map((result) => [`${result.suite}/${result.case}`, result])));
}

/** Why a case proves nothing of its kernel; nothing for one that passed or failed. */
function unprovedBy({ suite, case: name, status, reason }: CaseResult): string | undefined {
	if (status === 'PASS' || status === 'XFAIL' || status === 'FAIL') return undefined;
	return `${suite}/${name} is ${status}${reason === undefined ? '' : `: ${reason}`}`;
}

/** The catch that a case makes: it fails with a sign that fits one of `wanted` (regular expressions; any sign does when there are none). */
export function catchOf(result: CaseResult, wanted: readonly string[]): Catch | undefined {
	const fits = wanted.map((text) => new RegExp(text));
	const sign = signsOf(result).find((text) => fits.length === 0 || fits.some((one) => one.test(text)));
	if (sign === undefined) return undefined;
	const votes = result.attempts.filter(({ status }) => status !== 'ERROR');
	const failed = votes.filter(({ status }) => status === 'FAIL');
	return { case: `${result.suite}/${result.case}`, sign, rate: `${failed.length}/${votes.length}`, durationMs: result.durationMs };
}

type Verdict = Pick<Outcome, 'outcome' | 'catch' | 'why'>;

/** The catch that a case makes, if it makes one. */
export type Judge = (result: CaseResult) => Catch | undefined;

/** By any sign. */
export const anyFailure: Judge = (result) => catchOf(result, []);

type Telling = Pick<KnownBug, 'cases' | 'signs'>;

/** Whether a case may tell of a bug: those that the catalogue names do; where that names none, all. */
function tells({ cases }: Telling, result: CaseResult): boolean {
	return cases.length === 0 || cases.includes(`${result.suite}/${result.case}`);
}

/** By the signs of a bug, in the cases that tell of it. */
export function judgeFor(bug: Telling): Judge {
	return (result) => (tells(bug, result) ? catchOf(result, bug.signs) : undefined);
}

/** What a bug comes to; a failure that is not its own is told. It is missed only by cases that ran. */
export function bugVerdict(results: readonly CaseResult[], bug: Telling): Verdict {
	const caught = results.map(judgeFor(bug)).find((one) => one !== undefined);
	if (caught) return { outcome: 'caught', catch: caught };
	const telling = results.filter((result) => tells(bug, result));
	if (telling.length === 0) return { outcome: 'broken', why: `${bug.cases.join(', ') || 'no case'} did not run` };
	const unproved = telling.filter((result) => unprovedBy(result) !== undefined);
	if (unproved.length === telling.length || unproved.some(({ status }) => status === 'ERROR'))
		return { outcome: 'broken', why: unproved.flatMap((result) => unprovedBy(result) ?? []).join('; ') };
	const others = results.map(anyFailure).flatMap((other) => (other ? `${other.case}  ${other.sign}` : []));
	return { outcome: 'missed', ...(others.length > 0 && { why: `failed otherwise: ${others.join('; ')}` }) };
}

/** What a control comes to: any failure makes it noisy, and it is clean only if every case passed. */
export function controlVerdict(results: readonly CaseResult[]): Verdict {
	const noise = results.map(anyFailure).find((one) => one !== undefined);
	if (noise) return { outcome: 'noisy', catch: noise };
	const unproved = results.flatMap((result) => unprovedBy(result) ?? []);
	return unproved.length === 0 ? { outcome: 'clean' } : { outcome: 'broken', why: unproved.join('; ') };
}

/**
 * What the plain kernel shows in the same case accuses nobody: such a bug was missed, and such a control was clean. Where the case proves
 * nothing of the plain kernel, it proves nothing of the patch.
 */
export function acquit(outcomes: readonly Outcome[], kernelSpec: string, plain: ReadonlyMap<string, CaseResult>): Outcome[] {
	return outcomes.map((one) => {
		if (one.kernelSpec !== kernelSpec || !one.catch) return one;
		const { catch: seen, ...rest } = one;
		const result = plain.get(seen.case);
		if (result && signsOf(result).includes(seen.sign))
			return { ...rest, outcome: one.patch === 'd' ? 'clean' : 'missed', why: `the plain kernel shows it too: ${seen.case}  ${seen.sign}` };
		const unproved = result ? unprovedBy(result) : `${seen.case} did not run`;
		return unproved === undefined ? one : { ...rest, outcome: 'broken', why: `the plain kernel proves nothing: ${unproved}` };
	});
}
