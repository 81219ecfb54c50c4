/** Whether a run on a kernel with a bug shows that bug. Pure. */

import type { Catch } from '../model/gate.ts';
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

/**
 * The catch that a case makes: it fails with a sign that the plain kernel does not show in that case and that fits one of `wanted`
 * (regular expressions; any new sign does when there are none).
 */
export function catchOf(result: CaseResult, plain: ReadonlyMap<string, ReadonlySet<string>>, wanted: readonly string[]): Catch | undefined {
	const name = `${result.suite}/${result.case}`;
	const fits = wanted.map((text) => new RegExp(text));
	const sign = signsOf(result)
		.filter((text) => !plain.get(name)?.has(text))
		.find((text) => fits.length === 0 || fits.some((one) => one.test(text)));
	if (sign === undefined) return undefined;
	const votes = result.attempts.filter(({ status }) => status !== 'ERROR');
	const failed = votes.filter(({ status }) => status === 'FAIL');
	return { case: name, sign, rate: `${failed.length}/${votes.length}`, durationMs: result.durationMs };
}
