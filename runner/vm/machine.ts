/** A live QEMU with its channels, and what is done with it. */

import { mkdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import type { Scope } from '../util/scope.ts';
import type { Agent, GuestExec, GuestResult } from './agent.ts';
import type { Channel } from './channel.ts';
import type { Console } from './console.ts';
import { GdbStub } from './gdb-stub.ts';
import { comeUp, isGuests, launch, type MachineOptions, ninepTrace, type Parts, recordTo, socketMs } from './launch.ts';
import { GuestEnded, type MachineExit } from './machine-exit.ts';
import type { MachineSpec } from './machine-spec.ts';
import { countNinepReads, type NinepReads } from './ninep-reads.ts';
import type { Qmp } from './qmp.ts';
import { connectSocket } from './socket.ts';

export class Machine implements AsyncDisposable {
	readonly qmp: Qmp;
	readonly agent: Agent;
	readonly console: Console;
	/** KTAP of the running case. */
	readonly results: Channel;
	readonly trace: Channel;
	/** The byte stream of port crucible.ssh; ssh.ts uses it. */
	readonly ssh: Socket;
	/** Resolves when QEMU ended and the console's last byte is on disk; never rejects. */
	readonly exited: Promise<MachineExit>;
	readonly pid: number;
	/** The folder of the options. */
	readonly dir: string;
	readonly timeoutScale: number;
	/** What is done to it other than through its ports is not in the log, and is to be left. */
	readonly isRecorded: boolean;
	readonly #scope: Scope;
	readonly #kill: () => Promise<void>;
	readonly #sockets: string;
	#barriers = 0;
	#stubs = 0;

	private constructor(parts: Parts) {
		this.#scope = parts.scope;
		this.#kill = parts.kill;
		this.#sockets = parts.sockets;
		this.qmp = parts.qmp;
		this.agent = parts.agent;
		this.console = parts.console;
		this.results = parts.results;
		this.trace = parts.trace;
		this.ssh = parts.ssh;
		this.exited = parts.exited;
		this.pid = parts.pid;
		this.dir = parts.dir;
		this.timeoutScale = parts.timeoutScale;
		this.isRecorded = parts.isRecorded;
	}

	/**
	 * Boots, or restores a template, until the agent answers. Throws a KernelError('boot') with the last console lines when
	 * the kernel ends or is silent before, an InfraError when QEMU does not start, refuses the template or is lost.
	 */
	static async start(spec: MachineSpec, options: MachineOptions): Promise<Machine> {
		options.signal?.throwIfAborted();
		const parts = await launch(spec, options);
		try {
			await comeUp(parts, options);
			return new Machine(parts);
		} catch (error) {
			await parts.scope[Symbol.asyncDispose]();
			throw error;
		}
	}

	/**
	 * Runs a program. Throws GuestEnded when the kernel panics, resets or powers off meanwhile, an InfraError when QEMU or
	 * the agent is lost, else as Agent.exec. Output for the results port has arrived when this resolves.
	 */
	async exec(options: GuestExec): Promise<GuestResult> {
		const before = this.results.bytes;
		return this.watch(async () => {
			const result = await this.agent.exec(options);
			if (result.resultsBytes > 0) await this.results.waitForBytes(before + result.resultsBytes, 20_000, 'the rest of the results');
			return result;
		});
	}

	/** Does `work` with the guest; when it fails because the machine ended, throws what that was: GuestEnded or an InfraError. */
	async watch<T>(work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof InfraError)) throw error;
			// QEMU closes its sockets shortly before it ends.
			const exit = await withDeadline(this.exited, 5_000, 'the end of QEMU').catch(() => undefined);
			if (exit === undefined) throw error;
			throw isGuests(exit) ? new GuestEnded(exit) : new InfraError(exit.detail, { cause: error });
		}
	}

	/** Console, results and trace go to files in `dir` from here on: console.log, ktap.txt, trace.txt. */
	async record(dir: string): Promise<void> {
		await mkdir(dir, { recursive: true });
		await recordTo(dir, this);
	}

	/** Puts a line into the kernel log and waits until the console shows it: what the kernel printed before has arrived then. */
	async mark(text: string, ms = 10_000 * this.timeoutScale): Promise<void> {
		const line = `crucible: ${text} #${++this.#barriers}`;
		const seen = this.console.waitForText(line, ms);
		seen.catch(() => {});
		// <1> is printed at any console log level that prints anything.
		await this.exec({ argv: ['/bin/sh', '-c', 'echo "<1>$0" >/dev/kmsg', line], env: guestEnv, timeoutMs: ms });
		await this.watch(() => seen);
	}

	/** Reads that QEMU's 9p server answered since the boot. */
	async ninepReads(): Promise<NinepReads> {
		return countNinepReads(ninepTrace(this.dir));
	}

	/**
	 * Starts QEMU's gdb stub and connects to it, which stops the machine; one at a time. It is not on QEMU's command line, so
	 * machines and templates that never hold a vCPU have none of it.
	 */
	async openGdb(signal?: AbortSignal): Promise<GdbStub> {
		// QEMU lets go of the last one only when told: "duplicate yank instance".
		if (this.#stubs > 0) await this.qmp.monitor('gdbserver none');
		const path = join(this.#sockets, `gdb${++this.#stubs}`);
		const said = await this.qmp.monitor(`gdbserver unix:${path},server=on,wait=off`);
		const socket = await connectSocket(path, { ms: socketMs, signal, orUntil: this.exited }).catch((error: unknown) => {
			throw new InfraError(`QEMU's gdb stub does not start: ${said.trim()}`, { cause: error });
		});
		return GdbStub.connect(socket, signal);
	}

	/** Ends QEMU at once, as a power cut would end a machine: what it has not written to its disks is lost. */
	async crash(): Promise<void> {
		await this.#kill();
		await this.exited;
	}

	/** Ends QEMU and closes the files; never fails because the machine is already gone. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.#scope[Symbol.asyncDispose]();
	}
}

/** For programs of the runner's own in the guest. */
export const guestEnv = { PATH: '/crucible/bin:/usr/sbin:/usr/bin:/sbin:/bin' } as const;
