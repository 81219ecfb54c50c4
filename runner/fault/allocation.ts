/** Allocations that fail, bounded to one module of the subsystem (suites/lib/fault-alloc.sh); kernels with debug/faults only. */

import { z } from 'zod';
import { kindOf } from './kind.ts';

const where = {
	/** A function of this module must be among the callers; the filter came to x86-64 with 6.2. */
	module: z.string().regex(/^[a-z0-9_]+$/),
	/** The nth allocation is the first to fail. */
	nth: z.int().min(1).default(1),
	/** How many fail, one after the other with `nth: 1`, else every nth. */
	times: z.int().min(1).default(1),
};

export const allocationFaults = [
	/** kmalloc and kmem_cache_alloc (failslab). Counts failures. */
	kindOf('slab-failure', where),
	/** Objects of one slab cache, whoever asks (failslab's cache-filter), for kernels of any age. Counts failures. */
	kindOf('object-failure', {
		cache: z.string().regex(/^[A-Za-z0-9_-]+$/, 'a name in /sys/kernel/slab'),
		nth: where.nth,
		times: where.times,
	}),
	/** Pages (fail_page_alloc). Counts failures. */
	kindOf('page-failure', where),
] as const;
