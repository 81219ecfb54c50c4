/** Which task a vCPU runs, read from the guest's memory: no debug information is needed. */

import { InfraError } from '../util/errors.ts';
import type { GdbStub } from '../vm/gdb-stub.ts';
import type { Symbols } from './symbols.ts';

export interface Tasks {
	/** The name (comm) of what runs on the vCPU of that thread; `?` where its memory cannot be read. */
	readonly nameOf: (thread: number) => Promise<string>;
}

/** A task_struct is some 2 to 9 kB, by configuration. */
const mostTaskBytes = 12_288;
/** TASK_COMM_LEN, with its final zero. */
const commBytes = 16;

/**
 * `current` is the per-CPU pointer current_task (up to 6.1, and again since 6.15) or the first member of pcpu_hot (6.2 to 6.14,
 * arch/x86/include/asm/current.h). Where comm is in a task_struct depends on the configuration: init_task tells, whose comm is
 * `swapper/0` from early boot on.
 */
export async function openTasks(stub: GdbStub, symbols: Symbols): Promise<Tasks> {
	const [thread = 1] = stub.threads;
	const need = (name: string) => {
		const address = symbols.variable(name);
		if (address === undefined) throw new InfraError(`vmlinux has no symbol ${name}: the tasks of the guest cannot be told apart`);
		return address;
	};
	const pointerOffset = symbols.variable('current_task') ?? need('pcpu_hot');
	const offsets = need('__per_cpu_offset');
	const initTask = need('init_task');
	const task = (await stub.readMemory(thread, initTask, mostTaskBytes)) ?? (await stub.readMemory(thread, initTask, mostTaskBytes / 3));
	const commOffset = task?.indexOf('swapper') ?? -1;
	if (commOffset < 0) throw new InfraError('the name of init_task is not where a task_struct has it');

	const read64 = async (of: number, address: bigint) => (await stub.readMemory(of, BigInt.asUintN(64, address), 8))?.readBigUInt64LE();
	return {
		async nameOf(of) {
			const base = await read64(of, offsets + BigInt(of - 1) * 8n);
			const current = base === undefined ? undefined : await read64(of, base + pointerOffset);
			const comm = current === undefined ? undefined : await stub.readMemory(of, current + BigInt(commOffset), commBytes);
			return comm?.toString('latin1').replace(/\0.*$/s, '') ?? '?';
		},
	};
}
