/** A client of QEMU's gdb stub: stops single vCPUs, lets others go on, reads registers and memory. One vCPU is one thread, from 1. */

import type { Socket } from 'node:net';
import { deferred, withDeadline } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { ackByte, againByte, encodePacket, type GdbMessage, interruptByte, packetReader } from './gdb-packet.ts';
import { parseRegisters64, type Registers } from './gdb-registers.ts';

/** The machine stopped: a breakpoint was reached, a step was taken, or we asked. */
export interface Stop {
	/** 5 (SIGTRAP) for a breakpoint or a step, 2 (SIGINT) when we asked. */
	readonly signal: number;
	/** The vCPU that QEMU names; when two stop at once, only one of them is told. */
	readonly thread: number;
}

/** QEMU answers from its main loop, at once unless the host is loaded. */
const answerMs = 20_000;
/** QEMU sends its registers as one packet of some kB; more is not ours to hold. */
const mostMemory = 1024;

export class GdbStub implements AsyncDisposable {
	readonly #socket: Socket;
	readonly #breakpoints = new Set<bigint>();
	#threads: readonly number[] = [];
	#isRunning = false;
	#isClosed = false;
	#lastSent: Buffer = Buffer.alloc(0);
	#answer: ReturnType<typeof deferred<string>> | undefined;
	#stop = deferred<Stop>();

	private constructor(socket: Socket) {
		this.#socket = socket;
		this.#stop.promise.catch(() => {});
		socket.on(
			'data',
			packetReader((message) => this.#onMessage(message)),
		);
		socket.on('error', () => this.#close());
		socket.on('close', () => this.#close());
	}

	/** Over a socket that QEMU's stub listens on. Connecting stops the machine; `resume` lets it go on. */
	static async connect(socket: Socket, signal?: AbortSignal): Promise<GdbStub> {
		const stub = new GdbStub(socket);
		const features = await stub.#ask('qSupported:vContSupported+;hwbreak+', signal);
		// Without acknowledgements a byte that comes late cannot stop a machine that runs.
		if (features.split(';').includes('QStartNoAckMode+')) await stub.#expectOk('QStartNoAckMode');
		stub.#threads = await stub.#listThreads();
		return stub;
	}

	/** All vCPUs; thread n is CPU n - 1. */
	get threads(): readonly number[] {
		return this.#threads;
	}

	get isRunning(): boolean {
		return this.#isRunning;
	}

	/** A hardware breakpoint on every vCPU: nothing is written into the guest. Idempotent. KVM has four, TCG any number. */
	async insertBreakpoint(address: bigint): Promise<void> {
		if (this.#breakpoints.has(address)) return;
		await this.#expectOk(`Z1,${address.toString(16)},1`);
		this.#breakpoints.add(address);
	}

	async removeBreakpoint(address: bigint): Promise<void> {
		if (!this.#breakpoints.delete(address)) return;
		await this.#expectOk(`z1,${address.toString(16)},1`);
	}

	/** Exactly these. */
	async setBreakpoints(addresses: ReadonlySet<bigint>): Promise<void> {
		for (const address of [...this.#breakpoints]) if (!addresses.has(address)) await this.removeBreakpoint(address);
		for (const address of addresses) await this.insertBreakpoint(address);
	}

	hasBreakpoint(address: bigint): boolean {
		return this.#breakpoints.has(address);
	}

	/** Lets these vCPUs run; the others stay where they are. `stopped` tells when the machine stops again. */
	resume(threads: readonly number[] = this.#threads): void {
		this.#run(`vCont${threads.map((thread) => `;c:${thread.toString(16)}`).join('')}`);
	}

	/** One instruction of one vCPU, interrupts kept off, over a breakpoint that it stands at; the others do not move. */
	async step(thread: number): Promise<Stop> {
		const { rip } = await this.registers(thread);
		const isAtBreakpoint = this.#breakpoints.has(rip);
		if (isAtBreakpoint) await this.removeBreakpoint(rip);
		this.#run(`vCont;s:${thread.toString(16)}`);
		const stop = await withDeadline(this.stopped, answerMs, `one step of CPU ${thread - 1}`);
		if (isAtBreakpoint) await this.insertBreakpoint(rip);
		return stop;
	}

	/** The stop that ends the present run, or the last one; rejects with an InfraError when QEMU is gone. */
	get stopped(): Promise<Stop> {
		return this.#stop.promise;
	}

	/** Stops all vCPUs. When one has reached a breakpoint meanwhile, it is that stop. */
	async interrupt(): Promise<Stop> {
		if (this.#isRunning) this.#socket.write(interruptByte);
		return withDeadline(this.stopped, answerMs, 'the machine to stop');
	}

	async registers(thread: number): Promise<Registers> {
		await this.#expectOk(`Hg${thread.toString(16)}`);
		const registers = parseRegisters64(await this.#ask('g'));
		if (!registers) throw new InfraError(`QEMU's gdb stub gives no registers of CPU ${thread - 1}`);
		return registers;
	}

	/** Memory as that vCPU sees it; undefined where nothing is mapped. */
	async readMemory(thread: number, address: bigint, length: number): Promise<Buffer | undefined> {
		await this.#expectOk(`Hg${thread.toString(16)}`);
		const parts: Buffer[] = [];
		for (let at = 0; at < length; at += mostMemory) {
			const size = Math.min(mostMemory, length - at);
			const answer = await this.#ask(`m${(address + BigInt(at)).toString(16)},${size.toString(16)}`);
			// "E14"
			if (/^E[0-9a-f]{2}$/.test(answer)) return undefined;
			parts.push(Buffer.from(answer, 'hex'));
		}
		return Buffer.concat(parts);
	}

	/** Into memory that the vCPU sees. Throws an InfraError where nothing is mapped. */
	async writeMemory(thread: number, address: bigint, data: Buffer): Promise<void> {
		await this.#expectOk(`Hg${thread.toString(16)}`);
		await this.#expectOk(`M${address.toString(16)},${data.length.toString(16)}:${data.toString('hex')}`);
	}

	/** Takes the breakpoints out and lets every vCPU run; nothing to do when the machine is gone. */
	async [Symbol.asyncDispose](): Promise<void> {
		try {
			if (this.#isClosed) return;
			await this.interrupt();
			for (const address of [...this.#breakpoints]) await this.removeBreakpoint(address);
			// QEMU resumes all that is stopped.
			await this.#expectOk('D');
		} catch (error) {
			if (!this.#isClosed) throw error;
		} finally {
			this.#socket.destroy();
			this.#close();
		}
	}

	#run(command: string): void {
		if (this.#isRunning) throw new Error('the machine runs already');
		if (this.#isClosed) throw gone('it was to run');
		this.#stop = deferred();
		this.#stop.promise.catch(() => {});
		this.#isRunning = true;
		this.#send(command);
	}

	/** Sends a command and returns its answer. Only a machine that stands answers: any byte stops one that runs. */
	async #ask(command: string, signal?: AbortSignal): Promise<string> {
		if (this.#isClosed) throw gone(`the answer to ${command}`);
		if (this.#isRunning) throw new Error(`${command} was asked of a machine that runs`);
		const answer = deferred<string>();
		this.#answer = answer;
		this.#send(command);
		return withDeadline(answer.promise, answerMs, `the answer of QEMU's gdb stub to ${command}`, signal);
	}

	async #expectOk(command: string): Promise<void> {
		const answer = await this.#ask(command);
		if (answer !== 'OK') throw new InfraError(`QEMU's gdb stub refuses ${command}: ${answer === '' ? 'it does not know it' : answer}`);
	}

	async #listThreads(): Promise<number[]> {
		const threads: number[] = [];
		// "m01,02", then "l" when that was all.
		for (let answer = await this.#ask('qfThreadInfo'); answer.startsWith('m'); answer = await this.#ask('qsThreadInfo'))
			threads.push(...answer.slice(1).split(',').map(parseThread));
		return threads.sort((a, b) => a - b);
	}

	#send(command: string): void {
		this.#lastSent = encodePacket(command);
		this.#socket.write(this.#lastSent);
	}

	#onMessage(message: GdbMessage): void {
		if (message.kind === 'again') this.#socket.write(this.#lastSent);
		if (message.kind === 'broken') this.#socket.write(againByte);
		if (message.kind !== 'packet') return;
		this.#socket.write(ackByte);
		const stop = parseStop(message.payload);
		if (stop) {
			this.#isRunning = false;
			this.#stop.resolve(stop);
		} else this.#answer?.resolve(message.payload);
	}

	#close(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#isRunning = false;
		this.#stop.reject(gone('it was to stop'));
		this.#answer?.promise.catch(() => {});
		this.#answer?.reject(gone('an answer was due'));
	}
}

/** A stop reply; undefined for any other answer. */
export function parseStop(payload: string): Stop | undefined {
	// "T05thread:01;", "T02thread:p01.03;"
	const match = /^T([0-9a-f]{2})(?:[\s\S]*;)?thread:([0-9a-fp.]+);/.exec(payload);
	return match ? { signal: Number.parseInt(match[1] ?? '', 16), thread: parseThread(match[2] ?? '') } : undefined;
}

/** "03", or "p01.03" with the process before it. */
function parseThread(text: string): number {
	return Number.parseInt(text.split('.').at(-1) ?? '', 16);
}

function gone(what: string): InfraError {
	return new InfraError(`QEMU's gdb stub is gone: ${what}`);
}
