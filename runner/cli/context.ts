/** What every command is given. */

import type { Interrupts } from './interrupts.ts';

export interface CommandContext {
	readonly interrupts: Interrupts;
	/** Sets the exit code of the process; 0 unless called. */
	readonly finish: (exitCode: number) => void;
}
