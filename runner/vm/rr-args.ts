/** QEMU's record/replay on its command line: what is added, and what is done otherwise, so that a log makes up for the world outside. */

import { join } from 'node:path';
import { doubleCommas } from '../util/text.ts';

/** The log of a machine: written while it runs, or read to run it again. Under TCG, with one CPU and without shares. */
export interface EventLog {
	readonly mode: 'record' | 'replay';
	readonly path: string;
	/** Gets what the guest writes: `console.log`, and a file for each port. */
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

/**
 * QEMU logs the input of character devices that were given to -serial, and of no others; an ISA machine has four serial ports, and takes no
 * notice of what is given beyond. The first is the console.
 */
export function loggedSerials(ids: readonly string[]): string[] {
	return ['null', 'null', 'null', ...ids.map((id) => `chardev:${id}`)].flatMap((name) => ['-serial', name]);
}

/**
 * Where the guest's words go. A socket is full after some 280 single bytes that nobody has read yet: QEMU 7.2 logs that it was, and a replay
 * goes another way then. A file takes all. It counts as a peer that is there from the beginning, as the agent's host is.
 */
export function outputFile(id: string, { outputs }: EventLog): string {
	return `file,id=${id},path=${doubleCommas(outputPath(outputs, id))}`;
}

export function outputPath(outputs: string, id: string): string {
	return join(outputs, `${id}.log`);
}

/** The agent's port is the one that anything comes in through. */
export function isFile(id: string, { mode }: EventLog): boolean {
	return mode === 'replay' || id !== 'agent';
}
