import { appendFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Event } from '../model/event.ts';
import { canonicalRun } from '../report/canonical-run.ts';
import { UserError } from '../util/errors.ts';
import { documentPieces, findRun, openStore } from './store.ts';

const test = anyTest as TestFn<{ results: string }>;
const id = '20261121-000000-abcdef';

test.beforeEach(async (t) => {
	t.context.results = await mkdtemp(join(tmpdir(), 'crucible-store-'));
});

test.afterEach.always((t) => rm(t.context.results, { recursive: true, force: true }));

const begin: Event = {
	type: 'run-started',
	atMs: 0,
	run: {
		id,
		started: '2026-11-21T00:00:00Z',
		command: ['run'],
		crucible: { version: '0' },
		host: { os: 'Debian', cpus: 2, memoryMiB: 1, node: 'v20' },
	},
	plan: [{ id: 'nfs.k', suite: 'nfs', kernelSpec: 'debian:6.12', config: 'kasan', cases: [{ name: 'a', summary: 'a' }] }],
};
// Separators that are no newline in a journal.
const note = (atMs: number): Event => ({ type: 'note', atMs, text: `note \u2028 ${atMs} \r ü` });

test('a journal whose last line was cut off goes on where it was whole', async (t) => {
	const { results } = t.context;
	{
		await using store = await openStore(results, id);
		t.is(store.fold.lastMs(), undefined);
		for (const event of [begin, note(1), { type: 'phase-progress', atMs: 2, phase: 'x', detail: 'y' } as const, note(3)])
			store.record(event);
	}
	const journal = join(results, id, 'events.ndjson');
	await truncate(journal, (await readFile(journal)).length - 5);
	{
		await using store = await openStore(results, id);
		t.is(store.fold.lastMs(), 1);
		const told: Event[] = [];
		await store.replay((event) => told.push(event));
		t.deepEqual(told, [begin, note(1)]);
		store.record(note(4));
		t.deepEqual((await store.save()).notes, ['note \u2028 1 \r ü', 'note \u2028 4 \r ü']);
	}
	const { run, isComplete } = await findRun(results, 'latest');
	t.false(isComplete);
	t.is(run.durationMs, 4);
	t.deepEqual(JSON.parse(await readFile(join(results, id, 'run.json'), 'utf8')), run);
});

test('a run that is under way is nobody else’s to go on with', async (t) => {
	const { results } = t.context;
	{
		await using store = await openStore(results, id);
		store.record(begin);
		await t.throwsAsync(openStore(results, id), { instanceOf: UserError, message: `the run ${id} is under way in another process` });
		store.record(note(1));
	}
	await using again = await openStore(results, id);
	t.is(again.fold.lastMs(), 1);
});

test('a run whose journal cannot be read is left to the next', async (t) => {
	const { results } = t.context;
	await mkdir(join(results, id));
	await writeFile(join(results, id, 'events.ndjson'), '{"type":\n{}\n');
	for (const _ of [1, 2]) await t.throwsAsync(openStore(results, id), { message: /is damaged/ });
});

test('a line that is damaged and not the last is named', async (t) => {
	const { results } = t.context;
	{
		await using store = await openStore(results, id);
		store.record(begin);
	}
	await appendFile(join(results, id, 'events.ndjson'), '{"type":\n{}\n');
	const error = await t.throwsAsync(findRun(results, id), { message: /is damaged/ });
	t.like(error, { at: { line: 2 } });
});

test('run.json in pieces is what it would be whole', (t) => {
	const run = canonicalRun();
	t.is([...documentPieces(run)].join(''), `${JSON.stringify(run, undefined, '\t')}\n`);
});
