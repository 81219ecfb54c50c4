/** The guest's trace buffer, streamed out through its own port while a case runs, so that a crash loses nothing. */

import { randomBytes } from 'node:crypto';
import type { Machine } from '../vm/machine.ts';
import type { Ask } from './at-rest.ts';

const tracefs = '/sys/kernel/tracing';

export interface Trace extends Disposable {
	/** Turns the events off, waits until all of them have come to the host, and ends the reader in the guest. */
	readonly finish: () => Promise<void>;
}

// trace_pipe blocks until there is something, and takes what it gives. The last command would open the port in the shell itself, the leader
// of a session, and a serial port would become its terminal.
const reader = `cat ${tracefs}/trace_pipe >/dev/virtio-ports/crucible.trace; exit`;

/** Turns on all events of `groups`; groups that this kernel lacks are left out. Nothing runs when there are none. */
export async function startTrace(machine: Machine, groups: readonly string[], ask: Ask): Promise<Trace> {
	if (groups.length === 0) return { async finish() {}, [Symbol.dispose]() {} };
	const sh = (script: string) => machine.exec({ argv: ['/bin/sh', '-c', script], ...ask });
	const setEvents = (value: 0 | 1) =>
		groups.map((group) => `[ ! -d ${tracefs}/events/${group} ] || echo ${value} >${tracefs}/events/${group}/enable`).join('\n');
	await sh(`echo >${tracefs}/trace\n${setEvents(1)}`);
	const stop = new AbortController();
	const reading = machine.agent.exec({ argv: ['/bin/sh', '-c', reader], env: ask.env, signal: stop.signal }).catch(() => undefined);
	const marker = `crucible-${randomBytes(6).toString('hex')}`;
	let isMarked = false;
	let tail = '';
	const untap = machine.trace.tap((chunk) => {
		tail = (tail + chunk.toString('latin1')).slice(-4096);
		isMarked ||= tail.includes(marker);
	});
	return {
		async finish() {
			await sh(`${setEvents(0)}\necho ${marker} >${tracefs}/trace_marker`);
			await machine.trace.waitUntil(() => isMarked, ask.timeoutMs, 'the end of the trace', ask.signal);
			stop.abort();
			await reading;
		},
		[Symbol.dispose]() {
			untap();
			stop.abort();
		},
	};
}
