/** The commands with which gdb begins on a machine that is run again: its stub, its modules, and what to do first. Pure. */

export interface GdbSession {
	/** Of QEMU's stub. */
	readonly socket: string;
	/** Files with debug information, and where their sections are in the guest. */
	readonly modules: readonly { readonly path: string; readonly sections: Readonly<Record<string, string>> }[];
	/** Lines for whoever sits there. */
	readonly greeting: readonly string[];
}

export function gdbScript({ socket, modules, greeting }: GdbSession): string {
	return `${[
		'set confirm off',
		'set pagination off',
		// A module's code is not in the guest before it is loaded, and breakpoints look at it.
		'set trust-readonly-sections on',
		// Behind a system call's entry nothing tells gdb where the stack ends.
		'set backtrace limit 32',
		// QEMU answers the first packet when it has saved the state that it goes back to.
		'set remotetimeout 120',
		`target remote ${socket}`,
		...modules.flatMap(addModule),
		'set confirm on',
		'set pagination on',
		...greeting.map(echo),
	].join('\n')}\n`;
}

function addModule({ path, sections }: GdbSession['modules'][number]): string[] {
	const { '.text': text, ...others } = sections;
	if (text === undefined) return [];
	return [
		`add-symbol-file ${quote(path)} ${text}${Object.entries(others)
			.map(([name, address]) => ` -s ${name} ${address}`)
			.join('')}`,
	];
}

function quote(path: string): string {
	return `"${path.replace(/["\\]/g, '\\$&')}"`;
}

/** gdb's echo takes backslashes for itself, and the terminal must get nothing that a guest made up. */
function echo(text: string): string {
	return `echo ${text.replace(/[^ -~]/g, '?').replaceAll('\\', '\\\\')}\\n`;
}
