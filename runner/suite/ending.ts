/** How a case ended when it did not end by itself: the guest is gone, silent, or we failed. */

import { DeadlineError } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { GuestError } from '../vm/agent.ts';
import { diagnoseHang } from '../vm/hang.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import type { CaseRun } from './case-run.ts';
import type { Ending } from './verdict.ts';

/** What it means that the guest was lost, silent or refused while we asked it something; anything else is thrown on. */
export async function endingOf(run: CaseRun, error: unknown): Promise<Ending> {
	run.signal.throwIfAborted();
	if (error instanceof GuestEnded) return { how: 'guest-ended', detail: error.message };
	if (error instanceof DeadlineError) return hangOf(run, error.ms);
	if (error instanceof InfraError || error instanceof GuestError) return { how: 'lost', why: error.message };
	throw error;
}

async function hangOf(run: CaseRun, afterMs: number): Promise<Ending> {
	const { kind, detail } = await diagnoseHang(run.machine);
	// It ended while it was asked: watching a request tells who brought that about.
	if (kind === 'ended') return endingOf(run, await run.machine.watch(() => run.machine.agent.ping(1_000)).catch((error: unknown) => error));
	return { how: kind === 'kernel' ? 'kernel-hang' : 'test-hang', afterMs, detail };
}
