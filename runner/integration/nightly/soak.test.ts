/** A soak finds what fails, reduces it, tells of it when asked, and goes on after a kill. */

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../../config/paths.ts';
import type { Soak } from '../../model/soak.ts';
import { poll } from '../../util/deadline.ts';
import { crucible } from '../crucible.ts';
import { processesWith } from '../interrupted-run.ts';

/** One that splats, one whose check fails, and two that pass. */
const cases = ['warn', 'fail', 'pass', 'control-characters'].map((name) => `planted/${name}`);

const dirOf = (id: string) => join(checkout.results, `soak-${id}`);
const stateOf = async (id: string) => JSON.parse(await readFile(join(dirOf(id), 'state.json'), 'utf8')) as Soak;

async function newest(): Promise<string> {
	const names = (await readdir(checkout.results)).filter((name) => name.startsWith('soak-')).sort();
	return names.at(-1)?.replace('soak-', '') ?? '';
}

test.serial('a soak that is killed goes on, and ends with what fails, each reduced to its case', async (t) => {
	const child = execa(join(checkout.top, 'crucible'), ['soak', ...cases, '--for', '4m', '--seed', '1'], {
		reject: false,
		cwd: checkout.top,
		stdin: 'ignore',
		env: { CI: 'true', NO_COLOR: '1' },
	});
	t.teardown(() => void child.kill('SIGKILL'));
	let said = '';
	child.stderr.on('data', (chunk: Buffer) => {
		said += chunk.toString();
	});
	const saying = async (what: RegExp) => {
		while (!what.test(said)) await once(child.stderr, 'data', { signal: AbortSignal.timeout(10 * 60_000) });
	};

	await saying(/^new {2}/m);
	child.kill('SIGUSR1');
	await saying(/^soak \S+ {2}.* of 4 min, .* left; seed 1$[\s\S]*^\d failures? that nobody knew$/m);
	t.notRegex(said, /[Dd]ebugger/, 'the signal is ours');
	const id = await newest();

	// While it reduces: what it has found so far is in its state.
	await poll(async () => (await stateOf(id)).step?.type === 'tries', { ms: 120_000, what: 'a reduction to begin' });
	child.kill('SIGKILL');
	t.is((await child).signal, 'SIGKILL');
	await poll(async () => (await processesWith(`soak-${id}`)).length === 0, { ms: 10_000, what: 'QEMU to be gone' });
	const cut = await stateOf(id);
	t.is(cut.ended, undefined);
	t.true(cut.findings.length > 0);

	const { exitCode, stdout, stderr } = await crucible(['soak', '--resume', '--json']);
	t.is(exitCode, 1, stderr);
	const state = JSON.parse(stdout) as Soak;
	t.is(state.id, id);
	t.deepEqual(state.rounds.slice(0, cut.rounds.length), cut.rounds);
	t.deepEqual(
		state.rounds.map(({ number }) => number),
		state.rounds.map((_, at) => at + 1),
	);
	t.true(state.ranMs >= state.forMs);
	const warn = state.findings.find(({ title }) => title === 'WARNING in planted_warn');
	t.deepEqual(warn?.reduced, { entry: { suite: 'planted', cases: ['warn'] }, shown: 5, tried: 5 }, stderr);
	for (const finding of state.findings) t.regex(finding.title, /planted_warn|planted\/fail: not ok: the second/);

	const digest = await readFile(join(dirOf(id), 'digest.txt'), 'utf8');
	const command = /^ {4}\.\/crucible (run planted\/warn .*)$/m.exec(digest)?.[1];
	t.truthy(command, digest);
	// What it says shows it, says so.
	const again = await crucible([...(command ?? '').replace(/--repeat \d+/, '--repeat 1').split(' '), '--reruns', '0']);
	t.is(again.exitCode, 1, again.stderr);
	t.regex(again.stdout, /WARNING in planted_warn/);
	const known = [
		...state.rounds.filter(({ isRemoved }) => !isRemoved).map(({ run }) => run),
		...state.findings.flatMap(({ evidence }) => evidence?.run ?? []),
	];
	const there = (await readdir(dirOf(id))).filter((name) => /^\d{8}-/.test(name));
	t.deepEqual(there.sort(), known.sort());
	if (warn?.evidence)
		t.regex(
			await readFile(join(dirOf(id), warn.evidence.run, 'jobs/planted.debian-6.12.kasan+faults/warn/repro.sh'), 'utf8'),
			/planted\/warn/,
		);
});

test.serial('what is asked of a soak that has had its time, or to change it, is refused', async (t) => {
	const over = await crucible(['soak', '--resume']);
	t.is(over.exitCode, 129);
	t.regex(over.stderr, /has had its time[\s\S]*hint: give it more/);
	const changed = await crucible(['soak', '--resume', '--seed', '3']);
	t.is(changed.exitCode, 129);
	t.regex(changed.stderr, /--seed cannot change/);
});
