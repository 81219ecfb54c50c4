/** Memory that is taken away (suites/lib/fault-memory.sh). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

export const memoryFaults = [
	/** Clean pages, inodes and dentries are dropped once. Counts drops. */
	kindOf('caches-dropped', {}),
	/** The same again and again until it is disarmed, with so long a pause between two. Counts drops. */
	kindOf('caches-dropping', { everyMs: z.int().min(10).max(60_000) }),
	/** All but so much of the available memory is taken, so that the kernel must reclaim. Counts pages that it reclaimed. */
	kindOf('memory-pressure', { leaveMiB: z.int().min(32) }),
] as const;
