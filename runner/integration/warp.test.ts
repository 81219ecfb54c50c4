/** Guests whose time leaps: the verdicts of real time, sooner. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { outline, resultsOf, runJson } from './crucible.ts';

const waiting = ['nfs-fsc/v42-lru-expiry', 'nfs-fsc/v3-attributes-age'];

test.serial('a cookie that expires and attributes that age get the same verdict in leaping and in real time', async (t) => {
	const warped = await runJson([...waiting, '--reruns', '0']);
	const real = await runJson([...waiting, '--reruns', '0', '--no-warp']);
	for (const { run } of [warped, real])
		for (const name of waiting) {
			const result = resultsOf(run).get(name);
			t.is(result?.status, 'PASS', outline(run));
			t.true(
				result?.attempts[0]?.evidence.every(({ holds }) => holds),
				name,
			);
		}
	const expired = (run: typeof real.run) => resultsOf(run).get('nfs-fsc/v42-lru-expiry')?.attempts[0]?.measured.expired;
	t.is(expired(warped.run), expired(real.run));
	t.log(`leaping ${warped.run.durationMs} ms, real ${real.run.durationMs} ms`);
});

test.serial('6.1 comes up where time leaps, and a guest minute passes in seconds there, too', async (t) => {
	const { run } = await runJson(['planted/sleep', '--kernel', 'debian:6.1', '--reruns', '0']);
	const sleep = resultsOf(run).get('planted/sleep');
	t.is(sleep?.status, 'PASS', outline(run));
	t.true((sleep?.durationMs ?? Infinity) < 30_000, `${sleep?.durationMs} ms`);
});

test.serial('a guest minute passes in seconds, and the hung-task watchdog’s own two minutes are seen to pass', async (t) => {
	const { run } = await runJson(['planted/sleep', 'planted/hung-task-default', '--reruns', '0']);
	const sleep = resultsOf(run).get('planted/sleep');
	t.is(sleep?.status, 'PASS', outline(run));
	t.true((sleep?.durationMs ?? Infinity) < 30_000, `${sleep?.durationMs} ms`);
	const hung = resultsOf(run).get('planted/hung-task-default');
	t.is(hung?.attempts[0]?.splats[0]?.title, 'INFO: task hung in planted_blocked_task', outline(run));
});

test.serial('on a kernel whose cookies never expire the case fails', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-patch-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const file = join(dir, 'never.patch');
	const name = 'fs/netfs/fscache_cookie.c';
	const line = 'static unsigned int fscache_lru_cookie_timeout = ';
	await writeFile(file, `--- a/${name}\n+++ b/${name}\n@@ -33 +33 @@\n-${line}10 * HZ;\n+${line}100000 * HZ;\n`);
	const { run, exitCode } = await runJson(['nfs-fsc/v42-lru-expiry', '--patch', file, '--reruns', '0']);
	t.is(exitCode, 1, outline(run));
	t.is(resultsOf(run).get('nfs-fsc/v42-lru-expiry')?.reason, 'not ok: a cookie of each file expires');
});
