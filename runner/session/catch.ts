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

/** Every sign that cases of a plain kernel show, by `suite/case`: these accuse no bug. */
export function plainSigns(run: Run): ReadonlyMap<string, ReadonlySet<string>> {
	return new Map(run.jobs.flatMap((job) => job.cases.map((result) => [`${job.suite}/${result.case}`, new Set(signsOf(result))])));
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

/** What tells whether a case catches a bug: its signs count in the cases that the catalogue names; where that names none, in all. */
export function judgeFor({ cases, signs }: Pick<KnownBug, 'cases' | 'signs'>): (result: CaseResult) => Catch | undefined {
	return (result) => (cases.length === 0 || cases.includes(`${result.suite}/${result.case}`) ? catchOf(result, signs) : undefined);
}

/** What the plain kernel shows in the same case accuses nobody: such a bug was missed, and such a control was clean. */
export function acquit(outcomes: readonly Outcome[], kernelSpec: string, plain: ReadonlyMap<string, ReadonlySet<string>>): Outcome[] {
	return outcomes.map((one) => {
		if (one.kernelSpec !== kernelSpec || !one.catch || !plain.get(one.catch.case)?.has(one.catch.sign)) return one;
		const { catch: seen, ...rest } = one;
		return { ...rest, outcome: one.patch === 'd' ? 'clean' : 'missed', why: `the plain kernel shows it too: ${seen.case}  ${seen.sign}` };
	});
}
