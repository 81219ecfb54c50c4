/** Faults of the machine itself, made by QEMU; only a scenario can arm them. */

import { z } from 'zod';
import { kindOf } from './kind.ts';

export const machineFaults = [
	/** The disk does so many requests a second, whatever the guest asks. Counts requests that QEMU answered meanwhile. */
	kindOf('disk-throttled', { disk: z.string().min(1), perSecond: z.int().min(1) }),
	/** QEMU answers the disk's requests with EIO: all, or those of one kind. Counts requests that it did. */
	kindOf('disk-broken', { disk: z.string().min(1), of: z.enum(['all', 'reads', 'writes']).default('all') }),
	/** The 9p device of a share is unplugged. Counts devices that the guest has let go of. */
	kindOf('share-unplugged', { share: z.string().min(1) }),
] as const;
