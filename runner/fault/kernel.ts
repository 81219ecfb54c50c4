/** Errors that the kernel returns to itself when asked (suites/lib/fault-kernel.sh). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

export const kernelFaults = [
	/** cachefiles.error_injection: reads, writes and removals of the cache fail with EIO, or writes with ENOSPC. Counts errors that cachefiles traced. */
	kindOf('cachefiles-error', { error: z.enum(['EIO', 'ENOSPC']) }),
	/** A function that the kernel lists in fail_function/injectable returns this instead. Counts calls that did. */
	kindOf('function-failure', {
		function: z.string().regex(/^[a-z_][a-z0-9_]*$/i),
		returns: z.int(),
		times: z.int().min(1).default(1),
	}),
	/** rmmod of a module that is in use. Counts refusals. */
	kindOf('module-unload', { module: z.string().regex(/^[a-z0-9_]+$/) }),
] as const;
