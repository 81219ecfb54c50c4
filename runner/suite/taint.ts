/** Which taints of the kernel its reports explain. Pure. */

import type { Splat, SplatKind } from '../model/run.ts';

/** Documentation/admin-guide/tainted-kernels.rst. */
const taints = { badPage: 1 << 5, died: 1 << 7, warned: 1 << 9, softLockup: 1 << 14 } as const;

/** What a report sets, by the calls of add_taint() in 6.1 and 6.12; other kinds set nothing. */
const setBy: Partial<Record<SplatKind, number>> = {
	KASAN: taints.badPage,
	KFENCE: taints.badPage,
	KMSAN: taints.badPage,
	SLAB: taints.badPage | taints.warned,
	WARNING: taints.warned,
	REFCOUNT: taints.warned,
	SLEEP_IN_ATOMIC: taints.warned,
	// CONFIG_BUG_ON_DATA_CORRUPTION says whether it is a BUG or a WARNING.
	LIST_CORRUPTION: taints.warned | taints.died,
	BUSY_INODES: taints.warned | taints.died,
	// "BUG: Bad page state" and "kernel BUG at"
	BUG: taints.badPage | taints.died,
	OOPS: taints.died,
	SOFT_LOCKUP: taints.softLockup,
};

/** The bits of `taint` that no report accounts for. One that nobody accepted accounts for all: the case fails with it. */
export function unexplainedTaint(taint: number, splats: readonly Splat[]): number {
	const failing = splats.filter(({ isFailure }) => isFailure);
	if (failing.some(({ knownIssue }) => knownIssue === undefined)) return 0;
	return failing.reduce((left, { kind }) => left & ~(setBy[kind] ?? 0), taint);
}
