import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readSeries } from '../kernel/read-series.ts';
import { saveSeries } from '../kernel/save-series.ts';
import type { PlannedJob } from '../model/event.ts';
import { planJobs } from '../session/plan.ts';
import { openStore } from '../session/store.ts';
import { UserError } from '../util/errors.ts';
import { cutRun, requirePlanned } from './resume.ts';
import { readRunWords } from './run-words.ts';
import { selectFor } from './selection.ts';

const id = '20261121-000000-abcdef';
const job = { id: 'erofs-ondemand.debian-6.1.kasan', suite: 'erofs-ondemand', kernelSpec: 'debian:6.1', config: 'kasan' };
const diff = (to: string) => `--- a/fs/erofs/fscache.c\n+++ b/fs/erofs/fscache.c\n@@ -1 +1 @@\n-one\n+${to}\n`;

/** A run that was cut off after its plan, with x.patch, which `dir` has beside another. */
async function cut(t: ExecutionContext, words: string, plan: Partial<PlannedJob> = { seed: 7 }) {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-resume-'));
	t.teardown(() => rm(dir, { recursive: true }));
	for (const name of ['x', 'other']) await writeFile(join(dir, `${name}.patch`), diff(name));
	const command = words.replaceAll('DIR', dir).split(' ');
	await using store = await openStore(dir, id);
	if (words.includes('--patch')) await saveSeries(join(store.dir, 'series'), await readSeries([join(dir, 'x.patch')]));
	const host = { os: 'Debian', cpus: 2, memoryMiB: 1, node: 'v20' };
	store.record({
		type: 'run-started',
		atMs: 0,
		run: { id, started: '2026-11-21T00:00:00Z', command, crucible: { version: '0' }, host },
		plan: [{ ...job, cases: [{ name: 'partial', summary: '' }], ...plan }],
	});
	return { dir, goOn: (typed = '') => cutRun(dir, true, typedAs(typed.replaceAll('DIR', dir))) };
}

/** Words as they stand beside --resume, without what they leave to its default. */
function typedAs(words: string) {
	const { globs, flags } = readRunWords(words.split(' ').filter(Boolean));
	const typed = Object.entries(flags).filter(([name]) => words.includes(`--${name}`));
	return { globs, flags: Object.fromEntries(typed) };
}

const asked = 'run --patch DIR/x.patch erofs-ondemand/partial --repeat 3 --no-warp --jobs 1 --json';

test('a run goes on with its words, series, kernels, config and seed when none is given', async (t) => {
	const { goOn } = await cut(t, asked);
	const { globs, flags, kernels, patches } = await goOn();
	t.deepEqual(globs, ['erofs-ondemand/partial']);
	t.like(flags, { repeat: 3, warp: false, jobs: '1', config: 'kasan', seed: 7 });
	t.is(flags.json, undefined, 'what is printed is for the new command to say');
	t.deepEqual(kernels, ['debian:6.1']);
	t.deepEqual(
		patches.map(({ name, text }) => [name, text]),
		[['x.patch', diff('x')]],
	);
});

test('the same words may be given again, and others that say how it is run', async (t) => {
	const { goOn } = await cut(t, asked);
	const { flags } = await goOn(
		'--patch DIR/x.patch erofs-ondemand/partial --repeat 3 --kernel debian:6.1 --config kasan --seed 7 --jobs 2 --events',
	);
	t.like(flags, { repeat: 3, jobs: '2', events: true });
});

for (const [words, named] of [
	['--kernel debian:6.12', '--kernel'],
	['--config lockdep', '--config'],
	['--repeat 4', '--repeat'],
	['--seed 8', '--seed'],
	['--tag smoke', '--tag'],
	['--patch DIR/other.patch', '--patch'],
	['nfs-fsc', 'nfs-fsc'],
] as const)
	test(`a run is not made another one by ${words}`, async (t) => {
		const { goOn } = await cut(t, asked);
		const error = await t.throwsAsync(() => goOn(words), { instanceOf: UserError });
		t.true(error.message.endsWith(`was asked: ${named} cannot change`), error.message);
	});

test('an unpatched run does not go on with a patch', async (t) => {
	const { goOn } = await cut(t, 'run erofs-ondemand/partial');
	t.deepEqual((await goOn()).patches, []);
	await t.throwsAsync(() => goOn('--patch DIR/x.patch'), { instanceOf: UserError, message: /--patch cannot change/ });
});

test('a journal of before seeds were kept goes on', async (t) => {
	const { goOn } = await cut(t, 'run erofs-ondemand/partial', {});
	t.is((await goOn()).flags.seed, undefined);
});

test('a run of another command is left to it', async (t) => {
	const { goOn } = await cut(t, 'known-bugs --all');
	await t.throwsAsync(() => goOn(), { instanceOf: UserError, message: /is not of crucible run/ });
});

test('cases that went or came since the plan are named', async (t) => {
	const { suites } = await selectFor(['erofs-ondemand/partial'], undefined, []);
	const jobs = planJobs(suites, ['debian:6.1'], 'kasan', { repeat: 1, seed: 7 });
	const { goOn } = await cut(t, 'run erofs-ondemand/partial');
	const run = await goOn();
	t.notThrows(() => requirePlanned(run, jobs));
	const more = { ...job, cases: ['partial', 'lost'].map((name) => ({ name, summary: '' })) };
	t.throws(() => requirePlanned({ ...run, plan: [more] }, jobs), {
		message: /holds lost of erofs-ondemand\..*, which is no case any more/,
	});
	t.throws(() => requirePlanned({ ...run, plan: [{ ...job, cases: [] }] }, jobs), { message: /does not hold partial of erofs-ondemand/ });
});
