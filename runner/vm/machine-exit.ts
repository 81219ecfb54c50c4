/** How a machine ended, from what QEMU, its events and the console say. */

export interface MachineExit {
	/**
	 * panic, reset (a triple fault or a reboot), poweroff: the guest's doing. quit: we asked. killed, crash: QEMU was lost.
	 */
	readonly reason: 'panic' | 'reset' | 'poweroff' | 'quit' | 'killed' | 'crash';
	/** A sentence: `the kernel panicked: sysrq triggered crash`. */
	readonly detail: string;
	readonly exitCode?: number;
	readonly signal?: string;
	/** QEMU's last words. */
	readonly stderr: readonly string[];
}

export interface ExitFacts {
	readonly exitCode: number | undefined;
	readonly signal: string | undefined;
	readonly stderr: readonly string[];
	/** `reason` of QEMU's SHUTDOWN event: guest-reset, guest-shutdown, guest-panic, host-signal, host-qmp-quit, ... */
	readonly shutdown: string | undefined;
	/** What the console said after "Kernel panic - not syncing:". */
	readonly panic: string | undefined;
	/** We told it to quit. */
	readonly isOurs: boolean;
}

/** Classifies an end. */
export function explainExit(facts: ExitFacts): MachineExit {
	const { exitCode, signal, stderr, shutdown, panic, isOurs } = facts;
	const make = (reason: MachineExit['reason'], detail: string): MachineExit => ({
		reason,
		detail,
		...(exitCode !== undefined && { exitCode }),
		...(signal !== undefined && { signal }),
		stderr,
	});
	const lastWords = stderr.at(-1) ?? 'no message';
	const isReset = shutdown === 'guest-reset' || shutdown === 'guest-panic';
	// A program may print the words as well: with panic=-1 a reset follows the real ones.
	if (panic !== undefined && isReset) return make('panic', `the kernel panicked: ${panic}`);
	if (isOurs) return make('quit', 'we ended it');
	if (signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS' || signal === 'SIGILL')
		return make('crash', `QEMU crashed with ${signal}: ${lastWords}`);
	if (signal !== undefined) return make('killed', `QEMU was ended by ${signal} from outside`);
	if (shutdown === 'host-signal') return make('killed', 'QEMU was ended by a signal from outside');
	if (exitCode !== 0) return make('crash', `QEMU exited with ${exitCode}: ${lastWords}`);
	if (shutdown === 'guest-panic') return make('panic', 'the kernel panicked');
	if (shutdown === 'guest-reset') return make('reset', 'the guest reset without a panic message (a triple fault, or it rebooted)');
	if (shutdown === 'guest-shutdown') return make('poweroff', 'the guest powered itself off');
	return make('killed', 'QEMU was told to quit by somebody else');
}

/** The guest ended while it was being used: a result of the kernel under test, not of ours. */
export class GuestEnded extends Error {
	override readonly name = 'GuestEnded';
	readonly exit: MachineExit;

	constructor(exit: MachineExit) {
		super(exit.detail);
		this.exit = exit;
	}
}
