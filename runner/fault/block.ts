/** Faults of the disk behind a file system, made in the guest by device mapper and by the file system itself (suites/lib/fault-disk.sh). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

/** A disk of needs.disks. For the first three the case mounts what `fault_disk` gives. */
const disk = z.string().min(1);

export const blockFaults = [
	/** Requests end with EIO: `all`, or `writes` only. Counts the requests that did. */
	kindOf('disk-error', { disk, of: z.enum(['all', 'writes']).default('all') }),
	/** Each request takes so long. Counts requests. */
	kindOf('disk-slow', { disk, ms: z.int().min(1).max(60_000) }),
	/** Requests wait until it is disarmed (`dmsetup suspend`). Counts those that came. */
	kindOf('disk-suspended', { disk }),
	/** The file system is frozen (fsfreeze). Counts who began to wait for it, or for another lock of that kind. */
	kindOf('disk-frozen', { disk }),
	/** A file takes all but `leaveKiB` of the file system. Counts refusals of cachefiles and fscache for want of space. */
	kindOf('disk-full', { disk, leaveKiB: z.int().min(0).default(0) }),
	/** The file system is aborted, as by an error in its journal: nothing can be written until it is mounted anew. Counts EROFS that cachefiles met. */
	kindOf('disk-read-only', { disk }),
] as const;
