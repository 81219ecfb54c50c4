/** What becomes of processes and mounts: mounters, readers, servers, daemons (suites/lib/fault-process.sh). */

import { z } from 'zod';
import { kindOf } from './kind.ts';

/** As ps shows it; it is the only one of that name. */
const process = z.string().regex(/^[A-Za-z0-9._-]{1,15}$/, 'the name of a process');
const at = z.string().regex(/^\/\S+$/, 'an absolute path');

export const processFaults = [
	/** SIGKILL. Counts processes that are gone then. */
	kindOf('process-killed', { process }),
	/** SIGSTOP until it is disarmed. Counts processes that stopped. */
	kindOf('process-stopped', { process }),
	/** umount -f or -l. Counts mounts that left the table. */
	kindOf('unmounted', { at, how: z.enum(['force', 'lazy']) }),
	/** The NFS server of nfsd.sh is stopped until it is disarmed, and starts again then. Counts errors of clients' sockets. */
	kindOf('nfsd-down', {}),
] as const;
