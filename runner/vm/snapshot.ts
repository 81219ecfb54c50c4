/** Saves a machine beside its RAM file, and loads it again: QEMU's migration with the RAM left where it is. */

import { InfraError } from '../util/errors.ts';
import { shellQuote } from '../util/text.ts';
import type { Qmp } from './qmp.ts';

/** A machine that was saved: two files. */
export interface Snapshot {
	/** The guest's memory. */
	readonly ram: string;
	/** Everything else of the machine. */
	readonly state: string;
}

/** A state is some 300 kB; a loaded host may take a while for it. */
const moveMs = 60_000;

/**
 * Stops the machine and writes its state to the file `state`; its RAM must be a shared file. It cannot go on afterwards.
 * Throws a QmpError when a device cannot be saved, an InfraError when the writing failed.
 */
export async function saveSnapshot(qmp: Qmp, state: string, signal?: AbortSignal): Promise<void> {
	await qmp.execute('stop', {}, { signal });
	await move(qmp, 'migrate', `exec:exec cat >${shellQuote(state)}`, signal);
}

/** Loads a state into a QEMU that was started with `-S -incoming defer`; `cont` lets it run. Throws an InfraError when QEMU refuses it. */
export async function restoreSnapshot(qmp: Qmp, { state }: Snapshot, signal?: AbortSignal): Promise<void> {
	await move(qmp, 'migrate-incoming', `exec:exec cat ${shellQuote(state)}`, signal);
}

async function move(qmp: Qmp, command: 'migrate' | 'migrate-incoming', uri: string, signal: AbortSignal | undefined): Promise<void> {
	// x-ignore-shared: RAM in a file is not copied. It holds for share=off on the loading side too (QEMU 4.0 and later).
	const capabilities = ['x-ignore-shared', 'events'].map((capability) => ({ capability, state: true }));
	const set = qmp.execute('migrate-set-capabilities', { capabilities }, { signal });
	const done = qmp.waitForEvent(({ event, data }) => event === 'MIGRATION' && isOver(data.status), moveMs, `the end of ${command}`, signal);
	done.catch(() => {});
	// QEMU takes commands one after the other; not waiting between them saves a clone a millisecond.
	await Promise.all([set, qmp.execute(command, { uri }, { signal })]);
	const { data } = await done;
	if (data.status === 'completed') return;
	const { 'error-desc': why } = (await qmp.execute('query-migrate', {}, { signal })) as { 'error-desc'?: string };
	throw new InfraError(`${command} ${data.status}: ${why ?? 'QEMU does not say why'}`);
}

function isOver(status: unknown): boolean {
	return status === 'completed' || status === 'failed' || status === 'cancelled';
}
