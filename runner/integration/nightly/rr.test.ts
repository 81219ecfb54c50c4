/** A failure is recorded, comes out the same every time, and gdb goes forwards and backwards in it. Nightly: each replay boots. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../../config/paths.ts';
import { findRecording, recordingDir } from '../../session/recording.ts';
import { exists } from '../../util/files.ts';
import { crucible } from '../crucible.ts';

test.serial('a planted report is recorded, replays to the microsecond, and gdb stops in its module and goes back', async (t) => {
	t.timeout(30 * 60_000);
	const recorded = await crucible(['rr', 'record', 'planted/use-after-free', '--tries', '2']);
	t.is(recorded.exitCode, 1, recorded.stdout + recorded.stderr);
	const id = /rr gdb (\S+)/.exec(recorded.stdout)?.[1] ?? '';
	t.teardown(() => rm(recordingDir(checkout.results, id), { recursive: true }));
	t.regex(recorded.stdout, /^recorded +attempt 1, FAIL: .* without a log .*, log of /m);
	const { recording } = await findRecording(checkout.results, id);
	t.deepEqual(
		recording.attempt.splats.map(({ title }) => title),
		['KASAN: slab-use-after-free Read in planted_use_after_free'],
	);
	const names = recording.modules.filter(({ path }) => path !== undefined).map(({ name }) => name);
	t.true(names.includes('planted') && names.includes('cachefiles'), names.join());

	const replayed = await crucible(['rr', 'replay', id, '--times', '2']);
	t.is(replayed.exitCode, 0, replayed.stdout + replayed.stderr);
	t.is(replayed.stdout.match(/the same console, byte for byte/g)?.length, 2, replayed.stdout);

	const dir = await mkdtemp(join(tmpdir(), 'crucible-gdb-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const script = join(dir, 'script.gdb');
	// Saved just before, so that the way back is short.
	const near = ['break planted_set', 'continue', 'monitor savevm near'];
	const there = ['break planted_allocate', 'break planted_use_after_free', 'continue', 'backtrace', 'continue'];
	const back = ['echo now back\\n', 'reverse-continue', 'backtrace 2', 'kill'];
	await writeFile(script, `${[...near, ...there, ...back].join('\n')}\n`);
	const { stdout, stderr } = await crucible(['rr', 'gdb', id, '--batch', script]);
	const [forwards = '', backwards = ''] = stdout.split('now back\n');
	t.regex(
		forwards,
		/Breakpoint 3, planted_use_after_free \(\) at \S*planted\.c:\d+[\s\S]*#1 .* at \S*\.c:\d+[\s\S]*Breakpoint 2, planted_allocate/,
		stderr,
	);
	t.regex(backwards, /Breakpoint 3, planted_use_after_free \(\) at \S*planted\.c:\d+/, stderr);
});

test.serial('attempts that pass leave no recording', async (t) => {
	t.timeout(15 * 60_000);
	const { exitCode, stdout, stderr } = await crucible(['rr', 'record', 'planted/pass', '--tries', '1']);
	t.is(exitCode, 0, stdout + stderr);
	const dir = /report +(\S+)\/run\/report\.html/.exec(stdout)?.[1] ?? '';
	t.teardown(() => rm(dir, { recursive: true }));
	t.true(await exists(join(dir, 'run/run.json')), stdout);
	t.false(await exists(join(dir, 'recording.json')));
	t.false(await exists(join(dir, 'run/jobs/planted.debian-6.12.kasan+faults/pass/boot/rr.log')));
});
