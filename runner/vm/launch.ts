/** From a spec to a QEMU whose channels are open and whose guest answers: the only place that starts one. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { DeadlineError, withDeadline } from '../util/deadline.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import { start } from '../util/exec.ts';
import { Scope } from '../util/scope.ts';
import { Agent } from './agent.ts';
import { Channel } from './channel.ts';
import { Console } from './console.ts';
import { followFile } from './followed-file.ts';
import { encodeRenewal } from './frames.ts';
import { writeKernelStub } from './kernel-stub.ts';
import { explainExit, type MachineExit } from './machine-exit.ts';
import type { MachineSpec } from './machine-spec.ts';
import { makePrivateDir } from './private-dir.ts';
import { formatQemuLine, type QemuFiles, qemu, qemuArgs, socketPaths } from './qemu-args.ts';
import { followQemu, type QemuProcess } from './qemu-process.ts';
import { Qmp } from './qmp.ts';
import { outputPath } from './rr-args.ts';
import { makeSerialPort, type SerialPort } from './serial-port.ts';
import { restoreSnapshot, type Snapshot } from './snapshot.ts';
import { connectSocket } from './socket.ts';
import { serveVirtiofs } from './virtiofsd.ts';

export interface MachineOptions {
	/** Gets qemu.args, console.log, ktap.txt, trace.txt (until `record` sends these elsewhere) and 9p-trace.log. */
	readonly dir: string;
	readonly signal?: AbortSignal | undefined;
	/** Of chooseAccel. Default 1. */
	readonly timeoutScale?: number;
	/** Until the agent says hello; scaled. The default 40 s is five times a KASAN boot under KVM with room for a loaded host. */
	readonly bootTimeoutMs?: number;
	/** The guest's memory is this file: what a template is made of. It is new, or with `template` a copy of that one's. */
	readonly ramFile?: string;
	/** Instead of a boot, go on from here, copy-on-write unless `ramFile` is given; disks and shares are those of the spec. */
	readonly template?: Snapshot | undefined;
	/** Writes a log there, from which QEMU can run the same again. */
	readonly recordTo?: string | undefined;
	/** Sees every byte of the console, from the first. */
	readonly onConsole?: (chunk: Buffer) => void;
}

/** Starts QEMU; its pid is the child's own, and it dies with us. A Ctrl-C, which would end it, is not for it: it has no part in the terminal. */
export function startQemu(args: readonly string[]): ReturnType<typeof start> {
	return start(qemu, args, { detached: true });
}

/** QEMU makes its sockets before it does anything else; a loaded host may need a while to load it. */
export const socketMs = 20_000;

/** A clone answers after 0.3 s under TCG; scaled, with room for a loaded host. */
const restoreMs = 10_000;

/** The channels of a machine that QEMU has opened. */
export interface Parts {
	readonly scope: Scope;
	readonly qmp: Qmp;
	readonly agent: Agent;
	readonly console: Console;
	readonly results: Channel;
	readonly trace: Channel;
	readonly ssh: Socket;
	readonly exited: Promise<MachineExit>;
	readonly pid: number;
	readonly kill: () => Promise<void>;
	readonly dir: string;
	readonly timeoutScale: number;
	/** A log is written: what is done to the machine other than through its ports is not in it. */
	readonly isRecorded: boolean;
	/** The folder of the sockets. */
	readonly sockets: string;
}

/** Whether the guest itself brought the end about. */
export function isGuests(exit: MachineExit): boolean {
	return exit.reason === 'panic' || exit.reason === 'reset' || exit.reason === 'poweroff';
}

/** Lets the CPUs run and waits for the agent. */
export async function comeUp(parts: Parts, options: MachineOptions): Promise<void> {
	const { signal, timeoutScale = 1, bootTimeoutMs = 40_000, template } = options;
	const { agent, console, exited, qmp } = parts;
	const hello = once(agent, 'hello').then(() => undefined);
	// Lost with QEMU: its end tells more.
	const lost = once(agent, 'closed').then(([error]) => withDeadline(exited, 5_000, 'the end of QEMU').catch(() => Promise.reject(error)));
	for (const promise of [hello, lost]) promise.catch(() => {});
	await qmp.execute('cont', {}, { signal });
	const ms = (template ? restoreMs : bootTimeoutMs) * timeoutScale;
	const exit = await withDeadline(Promise.race([hello, lost, exited]), ms, 'the guest agent', signal).catch((error: Error) => {
		if (error instanceof DeadlineError) throw notUp(error.message);
		throw error;
	});
	if (exit && !isGuests(exit)) throw new InfraError([exit.detail, ...exit.stderr].join('\n'));
	if (exit) throw notUp(exit.detail);

	function notUp(why: string): Error {
		if (template) return new InfraError([`a clone does not go on: ${why}`, ...console.tail(10)].join('\n'));
		return new KernelError('boot', `the kernel does not come up: ${why}`, console.tail(40));
	}
}

/** Where QEMU logs what its 9p server read. */
export function ninepTrace(dir: string): string {
	return join(dir, '9p-trace.log');
}

/** Where a recorded machine in `dir` writes what it has to say. */
export function outputsOf(dir: string): string {
	return join(dir, 'outputs');
}

/** What the channels of a recorded machine are, which can be read before QEMU opens them. */
async function makeRecorded(dir: string, sockets: string): Promise<SerialPort> {
	const outputs = outputsOf(dir);
	await mkdir(outputs, { recursive: true });
	for (const id of ['console', 'results', 'trace']) await writeFile(outputPath(outputs, id), '');
	return makeSerialPort(join(sockets, 'agent'), outputPath(outputs, 'agent'));
}

/** Starts QEMU with its CPUs stopped and connects everything; when that fails, says what QEMU said. */
export async function launch(spec: MachineSpec, options: MachineOptions): Promise<Parts> {
	const { dir } = options;
	const scope = new Scope();
	try {
		await mkdir(dir, { recursive: true });
		const { path: sockets } = scope.use(await makePrivateDir());
		const stub = join(sockets, 'kernel');
		const hasStub = options.template !== undefined && (await writeKernelStub(spec.kernel, stub));
		const booted = hasStub ? { ...spec, kernel: stub, initrd: stub } : spec;
		const { recordTo } = options;
		const log = recordTo === undefined ? undefined : ({ mode: 'record', path: recordTo, outputs: outputsOf(dir) } as const);
		const agentPort = log && (await makeRecorded(dir, sockets));
		const args = qemuArgs(booted, { sockets, log, ...(spec.shares?.length && { ninepTrace: ninepTrace(dir) }), ...ramOf(options) });
		for (const { tag, path, kind } of spec.shares ?? [])
			if (kind === 'virtiofs') await serveVirtiofs(path, socketPaths(sockets).virtiofs(tag), scope, options.signal);
		await writeFile(join(dir, 'qemu.args'), `${formatQemuLine(args)}\n`);
		// -S: nothing the guest says comes before somebody listens.
		const process = followQemu(startQemu(['-S', ...args, ...(options.template ? ['-incoming', 'defer'] : [])]));
		scope.defer(() => process.kill());
		return await connectChannels(scope, process, { sockets, agentPort }, options).catch(async (error: unknown) => {
			if (!(error instanceof InfraError)) throw error;
			throw (await process.whyEnded()) ?? error;
		});
	} catch (error) {
		await scope[Symbol.asyncDispose]();
		throw error;
	}
}

function ramOf({ ramFile, template }: MachineOptions): Pick<QemuFiles, 'ram'> {
	if (ramFile !== undefined) return { ram: { path: ramFile, isShared: true } };
	return template ? { ram: { path: template.ram, isShared: false } } : {};
}

interface Ends {
	/** The folder of the sockets. */
	readonly sockets: string;
	/** In place of the agent's socket, where a log is written. */
	readonly agentPort: SerialPort | undefined;
}

async function connectChannels(scope: Scope, process: QemuProcess, { sockets, agentPort }: Ends, options: MachineOptions): Promise<Parts> {
	const { dir, signal, template, timeoutScale = 1 } = options;
	const isRecorded = agentPort !== undefined;
	const paths = socketPaths(sockets);
	const open = async (path: string) => {
		const socket = await connectSocket(path, { ms: socketMs, signal, orUntil: process.ended });
		scope.defer(() => void socket.destroy());
		// Its reader may not be there yet, and the machine's end is told elsewhere.
		socket.on('error', () => {});
		return socket;
	};
	const listen = async (id: string, path: string) => (isRecorded ? followFile(outputPath(outputsOf(dir), id), process.ended) : open(path));
	const console = new Console(await listen('console', paths.console));
	if (options.onConsole) console.tap(options.onConsole);
	const results = new Channel(await listen('results', paths.ports['crucible.results']));
	const trace = new Channel(await listen('trace', paths.ports['crucible.trace']));
	await recordTo(dir, { console, results, trace });
	const ssh = isRecorded ? new Socket() : await open(paths.ports['crucible.ssh']);
	ssh.pause();
	const agentStream = agentPort?.connect(process.ended) ?? (await open(paths.ports['crucible.agent']));
	const qmp = await Qmp.connect(await open(paths.qmp), signal);
	scope.defer(() => qmp[Symbol.dispose]());
	if (template) await restoreSnapshot(qmp, template, signal);
	const agent = new Agent(agentStream, template && encodeRenewal(Date.now(), randomBytes(32)));
	scope.defer(() => agent.close('the machine was closed'));

	let shutdown: string | undefined;
	let isOurs = false;
	qmp.on('event', ({ event, data }) => {
		if (event === 'SHUTDOWN') shutdown = String(data.reason);
		// The port is open while the agent lives.
		if (event === 'VSERPORT_CHANGE' && data.id === 'agent' && data.open === false) agent.close('it ended, or closed its port');
	});
	const exited = process.ended.then(async (end) => {
		await Promise.all([console.ended, results.ended, trace.ended]);
		agent.close('QEMU ended');
		return explainExit({ ...end, stderr: process.lastWords, shutdown, panic: console.panic, isOurs });
	});
	// Runs first: files are whole only when QEMU is gone and its last bytes are read.
	scope.defer(async () => {
		isOurs = true;
		await qmp.execute('quit', {}, { ms: 3_000 }).catch(() => {});
		await withDeadline(exited, 5_000, 'the end of QEMU').catch(() => process.kill());
		await exited;
	});
	return {
		scope,
		qmp,
		agent,
		console,
		results,
		trace,
		ssh,
		exited,
		pid: process.pid,
		kill: process.kill,
		dir,
		timeoutScale,
		isRecorded,
		sockets,
	};
}

/** Console, results and trace go to files in `dir` from here on. */
export async function recordTo(dir: string, channels: Pick<Parts, 'console' | 'results' | 'trace'>): Promise<void> {
	await channels.console.to(join(dir, 'console.log'));
	await channels.results.to(join(dir, 'ktap.txt'));
	await channels.trace.to(join(dir, 'trace.txt'));
}
