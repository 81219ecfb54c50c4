/** The verdict over a case in circumstances that it was not written for: what it says of itself does not count, what the kernel does counts. Pure. */

import type { Splat } from '../model/run.ts';
import { type Decided, decide, type Ending, type Observed } from './verdict.ts';

/** What only a case that could not clean up leaves, and with it whatever hangs on it. */
const casesOwn = /^(?:process|mount) /;

/** `decided` is the verdict that the case would get; `strain` says what it was under: `after a, b in one guest`. */
export function judgeStrained(decided: Decided, seen: Observed, strain: string): Decided {
	const isOver = seen.ending.how === 'signalled' || seen.leftOvers.some((left) => casesOwn.test(left));
	const kernels = decide({
		...seen,
		ending: endingUnder(seen.ending, seen.splats),
		assertions: [{ name: 'the kernel', status: 'PASS' }],
		ktapProblems: [],
		skipped: undefined,
		evidence: [{ claim: 'the kernel', holds: true }],
		leftOvers: isOver ? [] : seen.leftOvers,
	});
	if (kernels.status !== 'PASS' && kernels.status !== 'XFAIL') return kernels;
	if (decided.status !== 'FAIL') return decided;
	return { status: 'INCONCLUSIVE', reason: `${decided.reason ?? 'failed'}; ${strain} that does not count` };
}

/** A case that is slow, or whose programs wait for each other, counts for nothing; of a task that is stuck the kernel itself reports. */
function endingUnder(ending: Ending, splats: readonly Splat[]): Ending {
	const isReported = splats.some(({ isFailure, knownIssue }) => isFailure && knownIssue === undefined);
	const isCasesOwn = ending.how === 'exited' || ending.how === 'signalled' || (ending.how === 'test-hang' && !isReported);
	return isCasesOwn ? { how: 'exited', exitCode: 0 } : ending;
}
