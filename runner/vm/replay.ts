/** A recorded machine run again from its log: the same instructions, and the same words on its console. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { poll, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { Scope } from '../util/scope.ts';
import { socketMs, startQemu } from './launch.ts';
import type { MachineSpec } from './machine-spec.ts';
import { makePrivateDir } from './private-dir.ts';
import { qemuArgs } from './qemu-args.ts';
import { followQemu, type QemuProcess } from './qemu-process.ts';

export interface ReplayOptions {
	readonly log: string;
	/** Gets console.log, and a file for each port. */
	readonly outputs: string;
	/** A blank qcow2 file: with it the machine waits for a debugger, which can go back, too. */
	readonly snapshots?: string;
}

export interface Replay extends AsyncDisposable, Pick<QemuProcess, 'ended' | 'lastWords'> {
	/** The socket of QEMU's gdb stub, where there are snapshots. */
	readonly gdb: string;
}

/** Starts it. Its disks are written again and must be as they were at the beginning. */
export async function startReplay(spec: MachineSpec, { log, outputs, snapshots }: ReplayOptions): Promise<Replay> {
	const scope = new Scope();
	try {
		const { path: sockets } = scope.use(await makePrivateDir());
		await mkdir(outputs, { recursive: true });
		const args = qemuArgs(spec, { sockets, log: { mode: 'replay', path: log, outputs, ...(snapshots !== undefined && { snapshots }) } });
		const gdb = join(sockets, 'gdb');
		const stub = snapshots === undefined ? [] : ['-S', '-gdb', `unix:${gdb},server=on,wait=off`];
		const process = followQemu(startQemu([...args, ...stub]));
		scope.defer(process.kill);
		if (snapshots !== undefined) await waitForSocket(gdb, process);
		return { ...process, gdb, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
	} catch (error) {
		await scope[Symbol.asyncDispose]();
		throw error;
	}
}

/** gdb tries once. A connection made to see whether it can be made would count as a debugger that came and went. */
async function waitForSocket(path: string, { ended, lastWords }: QemuProcess): Promise<void> {
	let isOver = false;
	void ended.then(() => {
		isOver = true;
	});
	const isThere = async () => {
		if (isOver) throw new InfraError(['QEMU does not start', ...lastWords].join('\n'));
		return exists(path);
	};
	await poll(isThere, { what: `the socket ${path}`, ms: socketMs });
}

/** Runs it to the end of its log. Throws an InfraError with QEMU's words when it ends otherwise, a DeadlineError when it does not end. */
export async function replayWhole(
	spec: MachineSpec,
	options: Omit<ReplayOptions, 'snapshots'> & { readonly ms: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
	await using running = await startReplay(spec, options);
	const { exitCode, signal } = await withDeadline(running.ended, options.ms, 'the end of the log', options.signal);
	if (exitCode !== 0)
		throw new InfraError([`QEMU ended with ${exitCode ?? signal} in the middle of its log`, ...running.lastWords].join('\n'));
}
