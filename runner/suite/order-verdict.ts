/** The verdict over one order of a sweep: most orders of two sides do not come about, and that is no fault of theirs. Pure. */

import type { Evidence } from '../model/run.ts';
import type { Decided, Observed } from './verdict.ts';

/** `decided` is the verdict that a case would get; `race` what the schedule was to prove. What broke counts, whatever was held. */
export function judgeOrder(decided: Decided, seen: Pick<Observed, 'ending' | 'splats' | 'leftOvers'>, race: readonly Evidence[]): Decided {
	const isBroken = seen.ending.how !== 'exited' || seen.leftOvers.length > 0 || seen.splats.some(({ isFailure }) => isFailure);
	const missing = race.find(({ holds }) => !holds);
	if (isBroken || !missing || (decided.status !== 'FAIL' && decided.status !== 'INCONCLUSIVE')) return decided;
	return { status: 'SKIP', reason: `this order does not come about: ${missing.claim}: ${missing.measured ?? 'never'}` };
}
