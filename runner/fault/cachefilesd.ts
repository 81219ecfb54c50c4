/** The real cachefilesd on cue: what it does, or suffers, at which step of its talk with the kernel (suites/lib/cue.c). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

/** A step is a system call on /dev/cachefiles: a poll, a read of the cache's state, or a command that is written. */
export const cueSteps = ['poll', 'read', 'cull', 'inuse'] as const;
export const cueActions = ['kill', 'stop', 'close-device'] as const;

export const cachefilesdFaults = [
	/** Counts orders carried out. `stop` lasts until it is disarmed. */
	kindOf('cachefilesd', {
		when: z.enum(['before', 'after']).default('before'),
		step: z.enum(cueSteps),
		nth: z.int().min(1).default(1),
		action: z.enum(cueActions),
	}),
] as const;
