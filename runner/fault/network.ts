/** Faults of a network device in the guest, made by netem on what it sends (suites/lib/fault-net.sh). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

const device = z.string().regex(/^[a-z][a-z0-9-]{0,14}$/, 'a network device such as veth-server');

export const networkFaults = [
	/** Nothing gets out. Counts packets lost. */
	kindOf('net-cut', { device }),
	/** Each packet takes so long. Counts packets. */
	kindOf('net-slow', { device, ms: z.int().min(1).max(60_000) }),
	/** So many in a hundred are lost. Counts those. */
	kindOf('net-lossy', { device, percent: z.int().min(1).max(99) }),
] as const;
