/** The verdict of one attempt, from everything that was observed; pure, so that every row of the table is tested. */

import type { Assertion, Evidence, Splat, Status } from '../model/run.ts';

/** How the execution of a case ended, before anything it said is believed. */
export type Ending =
	| { readonly how: 'exited'; readonly exitCode: number }
	| { readonly how: 'signalled'; readonly signal: number }
	/** The deadline passed; the agent still answers, so the case hangs and not the kernel. */
	| { readonly how: 'test-hang'; readonly afterMs: number; readonly detail: string }
	/** The deadline passed and the agent is silent. */
	| { readonly how: 'kernel-hang'; readonly afterMs: number; readonly detail: string }
	/** The guest ended by itself: a panic, a triple fault, a power-off. */
	| { readonly how: 'guest-ended'; readonly detail: string }
	/** The modules under test do not load: such a kernel cannot be tested. */
	| { readonly how: 'not-started'; readonly why: string }
	/** Our side broke: QEMU gone, agent gone, a host error. */
	| { readonly how: 'lost'; readonly why: string };

export interface Observed {
	readonly ending: Ending;
	readonly assertions: readonly Assertion[];
	/** What is wrong with the KTAP itself: no plan, a wrong count, none at all. */
	readonly ktapProblems: readonly string[];
	/** The whole case skipped itself, with this reason. */
	readonly skipped?: string | undefined;
	readonly evidence: readonly Evidence[];
	readonly splats: readonly Splat[];
	readonly leftOvers: readonly string[];
}

export interface Decided {
	readonly status: Status;
	readonly reason?: string;
}

/** Splats accepted by a known issue make XFAIL of what would have passed; they never hide another failure, but what follows from one that is fatal. */
export function decide(seen: Observed): Decided {
	const unexpected = seen.splats.filter((splat) => splat.isFailure && splat.knownIssue === undefined);
	const accepted = seen.splats.filter((splat) => splat.isFailure && splat.knownIssue !== undefined);
	const { ending } = seen;
	const fatal = accepted.find(({ isFatal }) => isFatal);
	const first = unexpected[0] && unexpected[0].title + more(unexpected.length);
	const isItsOwn = ['exited', 'signalled', 'test-hang'].includes(ending.how);
	if (fatal && first === undefined && isItsOwn) return known(fatal);
	if (ending.how === 'kernel-hang' || ending.how === 'test-hang') {
		const hang = `${ending.how.replace('-', ' ')}: not done after ${Math.round(ending.afterMs / 1000)} s; ${ending.detail}`;
		// A hanging kernel is made to panic for its stacks, and that panic is ours. Under a test that hangs nobody touches the kernel.
		return fail(ending.how === 'kernel-hang' || first === undefined ? hang : `${first}; ${hang}`);
	}
	if (first !== undefined) return fail(first);

	if (ending.how === 'guest-ended') return fail(ending.detail);
	if (ending.how === 'not-started') return { status: 'MISS', reason: ending.why };
	if (ending.how === 'lost') return { status: 'ERROR', reason: ending.why };

	const failed = seen.assertions.filter((assertion) => assertion.status === 'FAIL');
	if (failed[0]) return fail(`not ok: ${failed[0].name}${more(failed.length)}`);
	if (ending.how === 'signalled') return fail(`the case was ended by signal ${ending.signal}`);
	if (seen.skipped !== undefined && ending.exitCode === 0 && seen.leftOvers.length === 0) return { status: 'SKIP', reason: seen.skipped };
	if (ending.exitCode !== 0) return fail(`the case exited with ${ending.exitCode}`);
	if (seen.ktapProblems[0]) return fail(`KTAP: ${seen.ktapProblems[0]}${more(seen.ktapProblems.length)}`);
	if (seen.leftOvers[0]) return fail(`left over: ${seen.leftOvers[0]}${more(seen.leftOvers.length)}`);
	if (!seen.assertions.some((assertion) => assertion.status === 'PASS')) return { status: 'INCONCLUSIVE', reason: 'no assertion was made' };
	const missing = seen.evidence.filter((entry) => !entry.holds);
	if (missing[0])
		return {
			status: 'INCONCLUSIVE',
			reason: `evidence: ${missing[0].claim}, measured ${missing[0].measured ?? 'nothing'}${more(missing.length)}`,
		};
	if (seen.evidence.length === 0) return { status: 'INCONCLUSIVE', reason: 'no evidence was asked for' };
	if (accepted[0]) return known(accepted[0]);
	return { status: 'PASS' };
}

function known({ knownIssue, title }: Splat): Decided {
	return { status: 'XFAIL', reason: `known issue ${knownIssue}: ${title}` };
}

/** `unread` says why the console was not read to its end: in what is missing may stand a report, so nothing good can be said. */
export function unlessUnread(decided: Decided, unread: string | undefined): Decided {
	const isGood = decided.status === 'PASS' || decided.status === 'XFAIL' || decided.status === 'SKIP';
	if (unread === undefined || !isGood) return decided;
	return { status: 'INCONCLUSIVE', reason: `the console was not read to its end: ${unread}` };
}

function fail(reason: string): Decided {
	return { status: 'FAIL', reason };
}

function more(count: number): string {
	return count > 1 ? ` (and ${count - 1} more)` : '';
}
