/** The main job on real kernels: three cache stacks on each, with evidence. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Parser } from 'tap-parser';
import { checkout } from '../config/paths.ts';
import { findRun } from '../session/store.ts';
import { crucible, outline, runJson } from './crucible.ts';

const stacks = ['erofs-ondemand', 'nfs-fsc', 'ninep-fscache'];

test.serial('6.12: the smoke suites pass with evidence, and the run directory has every format', async (t) => {
	const { run, exitCode } = await runJson(['--kernel', 'debian:6.12']);
	t.is(exitCode, 0, outline(run));
	t.deepEqual(run.jobs.map((job) => job.suite).sort(), stacks);
	for (const result of run.jobs.flatMap((job) => job.cases)) {
		t.is(result.status, 'PASS', outline(run));
		const [attempt] = result.attempts;
		t.true((attempt?.evidence.length ?? 0) > 0 && attempt?.evidence.every((entry) => entry.holds), result.case);
		t.true((attempt?.assertions.length ?? 0) > 0, result.case);
		for (const file of ['console.log', 'trace.txt', 'agent.log'])
			t.true((await readFile(join(checkout.results, run.id, attempt?.dir ?? '', file), 'utf8')).length > 0, `${result.case} ${file}`);
	}
	const dir = join(checkout.results, run.id);
	t.is((await findRun(checkout.results, 'latest')).id, run.id);
	const tap = Parser.parse(await readFile(join(dir, 'results.tap'), 'utf8'));
	t.true(tap.length > 0);
	t.regex(await readFile(join(dir, 'junit.xml'), 'utf8'), /<testsuites/);
	const html = await readFile(join(dir, 'report.html'), 'utf8');
	for (const stack of stacks) t.true(html.includes(stack));
	t.notRegex(html, /(?:src|href)="https?:/);
});

test.serial('6.1: the NFS splat is XFAIL with its symbolised stack, everything else passes', async (t) => {
	const { run, exitCode } = await runJson(['--kernel', 'debian:6.1']);
	t.is(exitCode, 0, outline(run));
	const results = run.jobs.flatMap((job) => job.cases);
	for (const result of results) t.true(result.status === 'PASS' || result.status === 'XFAIL', outline(run));
	const splats = results.flatMap((result) => result.attempts.flatMap((attempt) => attempt.splats));
	const known = splats.find((splat) => splat.knownIssue === 'nfs-fscache-init-inode-oob');
	t.truthy(known, outline(run));
	const frame = known?.stacks.find((stack) => stack.role === 'access')?.frames.find((entry) => entry.function === 'nfs_fscache_init_inode');
	t.is(frame?.file, 'fs/nfs/fscache.c');
	t.true((frame?.line ?? 0) > 0);
	t.false(
		run.notes.some((note) => note.includes('did not show')),
		run.notes.join('\n'),
	);
});

test.serial('report renders a stored run again without running anything', async (t) => {
	const { stdout, exitCode } = await crucible(['report', 'latest']);
	t.is(exitCode, 0);
	t.regex(stdout, /nfs-fsc/);
	t.is((await crucible(['report', 'latest', '--format', 'tap'])).stdout.split('\n')[0], 'TAP version 14');
});
