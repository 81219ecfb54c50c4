import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Gate } from '../model/gate.ts';
import { UserError } from '../util/errors.ts';
import { gateDir, latestGate, lockGate, readGate, saveGate } from './gate-store.ts';

test('the newest measurement goes on, in one process; one that was cut off before its first outcome is none', async (t) => {
	const results = await mkdtemp(join(tmpdir(), 'crucible-gate-'));
	t.teardown(() => rm(results, { recursive: true }));
	await t.throwsAsync(latestGate(results), { instanceOf: UserError, message: /no measurement/ });
	const [id, later] = ['20261121-014500-3fa9c1', '20261122-014500-3fa9c1'];
	await saveGate(results, { schema: 1, id, outcomes: [] } as unknown as Gate);
	await mkdir(gateDir(results, later));
	t.is(await latestGate(results), id);
	t.is((await readGate(results, id)).id, id);
	await using _held = await lockGate(results, id);
	await t.throwsAsync(lockGate(results, id), { instanceOf: UserError, message: `the measurement ${id} is running` });
});
