/** What the guest does before a race: programs leave the actors' CPUs, and a mark in the trace gives both sides one moment. */

import type { Schedule } from './schedule.ts';

export const syncMark = 'crucible race begins';

/** A step that has begun is a file here, named by its number from 1, with the CPU it holds in it, if any; suites/lib/race.sh reads them. */
export const stepsDir = '/run/race';

/**
 * Moves what runs in user space to CPU 0, where the agent starts every case, with the kernel's threads, which would else be woken on a CPU
 * that is held, and interrupts that can be moved; unbound kernel workers go to the CPUs of actors that are such workers, or else to CPU 0
 * too. The last thing it does is the mark.
 */
export function preparationScript({ actors }: Schedule): string {
	const workers = Object.values(actors).flatMap(({ cpu, task }) => (cpu !== undefined && task?.startsWith('kworker') ? [cpu] : []));
	const mask = workers.length === 0 ? 1 : workers.reduce((bits, cpu) => bits | (1 << cpu), 0);
	return `for dir in /proc/[0-9]*; do
	# Field 9 of the line: PF_NO_SETAFFINITY is 0x4000000.
	read -r line 2>/dev/null <"$dir/stat" || continue
	set -- \${line##*) }
	[ $(($7 & 0x4000000)) -ne 0 ] || taskset -p 1 "\${dir#/proc/}" >/dev/null 2>&1
done
for irq in /proc/irq/*/smp_affinity; do
	# The kernel keeps those of per-CPU queues.
	echo 1 >"$irq"
done 2>/dev/null
rm -rf ${stepsDir}
mkdir ${stepsDir}
echo ${mask.toString(16)} >/sys/devices/virtual/workqueue/cpumask
echo '${syncMark}' >/sys/kernel/tracing/trace_marker`;
}
