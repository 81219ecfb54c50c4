/** What gdb says first on a recording: what failed, and where to stop. Pure. */

import type { Splat, SplatKind } from '../model/run.ts';
import type { Recording } from './recording.ts';

/** The kernel's function that is reached when a report begins. */
const reporters: Readonly<Partial<Record<SplatKind, string>>> = {
	KASAN: 'kasan_report',
	WARNING: '__warn',
	REFCOUNT: '__warn',
	BUG: 'oops_begin',
	OOPS: 'oops_begin',
	LIST_CORRUPTION: 'oops_begin',
	PANIC: 'panic',
};

/** Lines. */
export function gdbGreeting({ suite, case: name, attempt, kernel }: Pick<Recording, 'suite' | 'case' | 'attempt' | 'kernel'>): string[] {
	const splat = attempt.splats.find(({ isFailure }) => isFailure);
	const where = splat && functionOf(splat);
	const reporter = splat && reporters[splat.kind];
	return [
		'',
		`${suite}/${name} on ${kernel.release}: ${splat?.title ?? attempt.reason ?? attempt.status}`,
		...(splat?.guestTime === undefined ? [] : [`the report begins at ${splat.guestTime.toFixed(6)} s of the guest's time`]),
		'The machine stands before its first instruction, and does the same every time.',
		...(where === undefined ? [] : [`  break ${where}    where the report has its name from`]),
		...(reporter === undefined ? [] : [`  break ${reporter}    where the report begins`]),
		'  continue',
		'and back: reverse-continue, reverse-stepi. Each runs the machine again from the state before: from its beginning, or from one that',
		'`monitor savevm NAME` kept on the way, which makes it short.',
	];
}

/** "KASAN: slab-use-after-free Read in cachefiles_withdraw_volume" */
function functionOf({ title }: Splat): string | undefined {
	return / in (\w+)$/.exec(title)?.[1];
}
