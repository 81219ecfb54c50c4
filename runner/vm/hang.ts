/** Tells a hanging test from a hanging kernel, and asks the guest for what it can still say. */

import { DeadlineError, withDeadline } from '../util/deadline.ts';
import { InfraError, messageOf } from '../util/errors.ts';
import { GuestError } from './agent.ts';
import { guestEnv, type Machine } from './machine.ts';
import { GuestEnded } from './machine-exit.ts';

export interface Hang {
	/** `test`: the agent answers, so the kernel runs and something in it waits. `kernel`: the agent is silent. `ended`: the machine is gone. */
	readonly kind: 'test' | 'kernel' | 'ended';
	/** A sentence: `the kernel hangs: the agent was silent for 20 s; CPU 0 at native_safe_halt+0xb, CPU 1 at ffffffff81234567`. */
	readonly detail: string;
	/** Where each virtual CPU is; known for a hanging kernel. */
	readonly cpus: readonly { readonly cpu: number; readonly rip: string; readonly isHalted: boolean }[];
	/** What the console said while we asked: blocked tasks, active CPUs, or the stacks that an NMI made it print. */
	readonly console: readonly string[];
}

/** Asks a machine that does not get on. Takes at most about 20 s times the timeout scale; a kernel hang may end the machine (NMI panic). */
export async function diagnoseHang(machine: Machine): Promise<Hang> {
	const lines: string[] = [];
	const untap = machine.console.tapLines((line) => {
		lines.push(line);
		if (lines.length > 5_000) lines.shift();
	});
	const silenceMs = 5_000 * machine.timeoutScale;
	try {
		try {
			await machine.watch(() => machine.agent.ping(silenceMs));
		} catch (error) {
			if (!(error instanceof DeadlineError)) return { kind: 'ended', detail: messageOf(error), cpus: [], console: lines };
			return { ...(await askCpus(machine, silenceMs)), console: lines };
		}
		let trouble = '';
		try {
			await listTasks(machine, silenceMs);
		} catch (error) {
			if (error instanceof GuestEnded || error instanceof InfraError)
				return { kind: 'ended', detail: messageOf(error), cpus: [], console: lines };
			if (error instanceof DeadlineError) trouble = ', but its console does not follow';
			else if (error instanceof GuestError) trouble = ', but it starts no process';
			else throw error;
		}
		return { kind: 'test', detail: `the test hangs: the kernel runs on and its agent answers${trouble}`, cpus: [], console: lines };
	} finally {
		untap();
	}
}

/** On the console. */
async function listTasks(machine: Machine, silenceMs: number): Promise<void> {
	// w: blocked tasks. l: what the CPUs do now.
	for (const key of ['w', 'l'])
		await machine.exec({ argv: ['/bin/sh', '-c', 'echo $0 >/proc/sysrq-trigger', key], env: guestEnv, timeoutMs: silenceMs });
	await machine.mark('blocked tasks listed');
}

async function askCpus(machine: Machine, silenceMs: number): Promise<Omit<Hang, 'console'>> {
	const { qmp } = machine;
	const registers = await qmp.monitor('info registers -a');
	const status = (await qmp.execute('query-status')) as { status?: string };
	const cpus = parseRegisters(registers);
	const where = cpus.map(({ cpu, rip, isHalted }) => `CPU ${cpu} at ${rip}${isHalted ? ' (idle)' : ''}`).join(', ');
	const isRunning = status.status === 'running';
	const stopped = isRunning ? '' : `; QEMU says the machine is ${status.status}`;
	if (isRunning && !machine.isRecorded) {
		// unknown_nmi_panic is on the command line: the kernel prints a stack and resets, unless it is past even that.
		await qmp.execute('inject-nmi');
		await withDeadline(machine.exited, silenceMs, 'the panic that the NMI asks for').catch(() => undefined);
	}
	return { kind: 'kernel', detail: `the kernel hangs: its agent was silent for ${silenceMs / 1_000} s; ${where}${stopped}`, cpus };
}

/** Of `info registers -a`. */
export function parseRegisters(text: string): Hang['cpus'] {
	const cpus: { cpu: number; rip: string; isHalted: boolean }[] = [];
	let cpu = 0;
	for (const line of text.split('\n')) {
		// "CPU#1"
		const [, number] = /^CPU#(\d+)/.exec(line) ?? [];
		if (number !== undefined) cpu = Number(number);
		// "RIP=ffffffff81e5b2cb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1"
		const [, rip, halted] = /^RIP=([0-9a-f]{16}) .*HLT=([01])/.exec(line) ?? [];
		if (rip !== undefined) cpus.push({ cpu, rip, isHalted: halted === '1' });
	}
	return cpus;
}
