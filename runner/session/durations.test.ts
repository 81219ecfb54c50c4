import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Attempt, Run, Status } from '../model/run.ts';
import { durationKey, mergeDurations, readDurations, recordDurations } from './durations.ts';

const attempt = (status: Status, durationMs: number) => ({ status, durationMs }) as Attempt;
const runOf = (...attempts: Attempt[]): Run =>
	({ jobs: [{ suite: 'nfs', config: 'kasan', accel: 'tcg', cases: [{ case: 'warm', attempts }] }] }) as unknown as Run;
const key = durationKey('nfs', 'warm', 'kasan', 'tcg');

test('the first attempt that ended by itself tells how long a case takes', (t) => {
	t.is(mergeDurations(new Map(), runOf(attempt('ERROR', 1), attempt('FAIL', 20), attempt('PASS', 30))).get(key), 20);
	t.is(mergeDurations(new Map([[key, 7]]), runOf(attempt('ERROR', 1))).get(key), 7);
});

test('durations are kept between runs, and a damaged file counts as none', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(dir, { recursive: true }));
	t.is((await readDurations(dir)).size, 0);
	await recordDurations(dir, runOf(attempt('PASS', 1500)));
	t.is((await readDurations(dir)).get(key), 1500);
	await writeFile(join(dir, 'durations.json'), '{"half');
	t.is((await readDurations(dir)).size, 0);
});
