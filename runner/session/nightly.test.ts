import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { PlannedJob } from '../model/event.ts';
import { openCell } from './nightly.ts';

const plan = (...names: string[]): PlannedJob[] => {
	const cases = names.map((name) => ({ name, summary: '' }));
	return [{ id: 'nfs.k', suite: 'nfs', kernelSpec: 'debian:6.12', config: 'kasan', cases }];
};

test('a cell that was cut off goes on with the plan it began with, and begins anew when a case went or came', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-nightly-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const host = { os: 'Debian', cpus: 2, memoryMiB: 1, node: 'v20' };
	const run = { id: '1-k', started: '2026-11-21T00:00:00Z', command: ['nightly'], crucible: { version: '0' }, host };
	const open = async (now: PlannedJob[]) => {
		const { store, notes } = await openCell(dir, '1-k', now);
		const isBegun = store.fold.lastMs() !== undefined;
		if (!isBegun) store.record({ type: 'run-started', atMs: 0, run, plan: now });
		await store[Symbol.asyncDispose]();
		return { isBegun, notes };
	};
	t.deepEqual(await open(plan('a', 'b')), { isBegun: false, notes: [] });
	t.deepEqual(await open(plan('b', 'a')), { isBegun: true, notes: [] });
	const fresh = await open(plan('a', 'b', 'c'));
	t.false(fresh.isBegun);
	t.deepEqual(fresh.notes, ['begun anew: what was cut off does not hold c of nfs.k, a case by now']);
	t.deepEqual(await open(plan('a', 'b', 'c')), { isBegun: true, notes: [] });
	const gone = await open(plan('a', 'c'));
	t.false(gone.isBegun);
	t.deepEqual(gone.notes, ['begun anew: what was cut off holds b of nfs.k, which is no case any more']);
});
