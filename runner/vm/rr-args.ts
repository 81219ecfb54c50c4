/** QEMU's record/replay on its command line: what is added, and what is done otherwise, so that a log makes up for the world outside. */

import { join } from 'node:path';
import { doubleCommas } from '../util/text.ts';

/** The log of a machine: written while it runs, or read to run it again. Under TCG, with one CPU and without shares. */
export interface EventLog {
	readonly mode: 'record' | 'replay';
	readonly path: string;
	/** Gets what the guest writes: `console.log`, and a file for each port but ssh's, which such a machine has not. */
	readonly outputs: string;
	/** A qcow2 file, on which QEMU keeps the states that it goes back to in a replay. */
	readonly snapshots?: string;
}

/** The instructions are the clock; shift=auto keeps the guest's time near that of the host, which deadlines in the guest are made for. */
export function icountOf(log: EventLog): string[] {
	const icount = `shift=auto,rr=${log.mode},rrfile=${doubleCommas(log.path)}`;
	const { snapshots } = log;
	return [
		...['-accel', 'tcg,thread=single', '-icount', icount, '-cpu', 'max'],
		// Loading a state with it, QEMU 7.2 waits for the CPU, which waits for the replay's lock that the loading holds: no way back.
		...['-global', 'apic.vapic=off'],
		// Of no device: it is there for the states.
		...(snapshots === undefined ? [] : ['-drive', `file=${doubleCommas(snapshots)},if=none,format=qcow2,id=snapshots`]),
	];
}

/** A virtio device whose requests are handled where the guest makes them, and not when the main loop gets to it. */
export function logged(device: string): string {
	return `${device},ioeventfd=off`;
}

/** Tells the guest's agent that its ports are serial ones (ports.c). */
export const loggedCmdline = 'crucible.ports=serial';

/** In the order of the serial ports that come after the console's; each has an interrupt of its own, since Linux may be built not to share one. */
const serialPorts = [
	{ id: 'agent', irq: 3 },
	{ id: 'results', irq: 5 },
	{ id: 'trace', irq: 7 },
] as const;

/**
 * The console and the ports, all of them serial: a machine with virtio-serial does not go on from a state that is loaded in a replay, seen
 * with QEMU 7.2; likely for the timer that its loading arms, of which the log knows nothing.
 *
 * QEMU logs the input of character devices that were given to -serial, and of no others. The first is the console; an ISA machine gives its
 * four ports their interrupts in pairs, so the other three are left empty, and it takes no notice of what is given beyond.
 */
export function loggedPorts(log: EventLog, sockets: string): string[] {
	const serials = ['chardev:console', 'none', 'none', 'none', ...serialPorts.map(({ id }) => `chardev:${id}`)];
	return [
		['-chardev', outputFile('console', log)],
		...serialPorts.map(({ id, irq }, at) => [
			...['-chardev', id === 'agent' && log.mode === 'record' ? inputPipe(id, sockets) : outputFile(id, log)],
			...['-device', `isa-serial,index=${at + 1},irq=${irq},chardev=${id}`],
		]),
		serials.flatMap((name) => ['-serial', name]),
	].flat();
}

/**
 * Where the guest's words go. A socket is full after some 280 single bytes that nobody has read yet: QEMU 7.2 logs that it was, and a replay
 * goes another way then. A file takes all.
 */
function outputFile(id: string, { outputs }: EventLog): string {
	return `file,id=${id},path=${doubleCommas(outputPath(outputs, id))}`;
}

/** The agent's is the one port that anything comes in through. QEMU reads from `agent.in`, a fifo, and writes to `agent.out`, which may be a file. */
function inputPipe(id: string, sockets: string): string {
	return `pipe,id=${id},path=${doubleCommas(join(sockets, id))}`;
}

export function outputPath(outputs: string, id: string): string {
	return join(outputs, `${id}.log`);
}
