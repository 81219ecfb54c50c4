/** A failure is recorded, comes out the same every time, and gdb goes through it forwards and backwards. Nightly: each replay boots. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../../config/paths.ts';
import { findRecording, recordingDir } from '../../session/recording.ts';
import { exists } from '../../util/files.ts';
import { crucible } from '../crucible.ts';

test.serial(
	'a planted report is recorded, replays to the microsecond, and gdb goes there and back in its module, each time the same',
	async (t) => {
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
		const lines = [
			'break planted_allocate',
			'break planted_use_after_free',
			'continue',
			'backtrace',
			'continue',
			'reverse-continue',
			'continue',
			'kill',
		];
		await writeFile(script, `${['break planted_set', 'continue', ...lines].join('\n')}\n`);
		const first = await crucible(['rr', 'gdb', id, '--batch', script]);
		t.regex(
			first.stdout,
			/Breakpoint 3, planted_use_after_free \(\) at \S*planted\.c:\d+[\s\S]*#1 .* at \S*\.c:\d+[\s\S]*Breakpoint 2, planted_allocate/,
			first.stderr,
		);
		// Forwards, back, and forwards again.
		t.deepEqual(first.stdout.match(/(?<=Breakpoint \d, )planted_\w+/g), [
			'planted_set',
			'planted_use_after_free',
			'planted_allocate',
			'planted_use_after_free',
			'planted_allocate',
		]);
		const second = await crucible(['rr', 'gdb', id, '--batch', script]);
		t.is(second.stdout, first.stdout);
	},
);

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
