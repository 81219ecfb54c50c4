/** Ctrl-C and SIGTERM: the first drains (the running case ends, results are kept), the second stops everything now. */

import { setMaxListeners } from 'node:events';
import { exitCodes } from '../model/run.ts';

export interface Interrupts {
	/** Aborted by the first signal: begin nothing new. */
	readonly drain: AbortSignal;
	/** Aborted by the second: stop what runs. */
	readonly stop: AbortSignal;
	/** Until it is disposed of, Ctrl-C is meant for the program that has the terminal. */
	readonly leaveKeys: () => Disposable;
	/** 130 or 143 after a signal. */
	readonly exitCode: () => number | undefined;
}

/** Thrown by whoever was stopped by a signal; carries no news beyond it. */
export class Interrupted extends Error {
	override readonly name = 'Interrupted';
}

/** Listens on `source` (the process); `say` tells the user what the next signal would do. A third signal ends the process at once. */
export function createInterrupts(source: NodeJS.EventEmitter, say: (text: string) => void): Interrupts {
	const drain = new AbortController();
	const stop = new AbortController();
	// Everything long listens: pushes and guest programs by the dozen.
	setMaxListeners(0, drain.signal, stop.signal);
	let code: number | undefined;
	let isOthers = false;
	const onSignal = (signal: NodeJS.Signals) => {
		if (isOthers && signal === 'SIGINT') return;
		code ??= signal === 'SIGINT' ? exitCodes.sigint : exitCodes.sigterm;
		if (!drain.signal.aborted) {
			drain.abort(new Interrupted(`stopped by ${signal}`));
			say('crucible: a case that runs may end; once more stops it now');
		} else if (!stop.signal.aborted) stop.abort(new Interrupted(`stopped by a second ${signal}`));
		else process.kill(process.pid, 'SIGKILL');
	};
	source.on('SIGINT', onSignal);
	source.on('SIGTERM', onSignal);
	const leaveKeys = () => {
		isOthers = true;
		return {
			[Symbol.dispose]() {
				isOthers = false;
			},
		};
	};
	return { drain: drain.signal, stop: stop.signal, leaveKeys, exitCode: () => code };
}
