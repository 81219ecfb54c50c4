import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import type { CaseRow, SplatRow } from '../model/history.ts';
import type { Nightly } from '../model/nightly.ts';
import { canonicalRun } from '../report/canonical-run.ts';
import { UserError } from '../util/errors.ts';
import { openHistory } from './history.ts';
import { nightlyDir, rebuildHistory } from './nightly.ts';

const cell = { night: 'n1', kernel: 'debian:6.12', config: 'kasan' };
const row: CaseRow = { ...cell, suite: 's', case: "it's", status: 'FAIL', failed: 1, votes: 2, durationMs: 5 };
const splat: SplatRow = { ...cell, path: "s/it's", fingerprint: 'abc', title: 'WARNING in f', times: 1 };

async function fileIn(t: { teardown: (done: () => Promise<void>) => void }): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-history-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	return join(dir, 'nightly/history.sqlite');
}

test('what was put is there after a restart, and what is put again replaces its cell only', async (t) => {
	const file = await fileIn(t);
	{
		using history = await openHistory(file);
		await history.put(cell, { cases: [row], splats: [splat] });
		await history.put({ ...cell, night: 'n2' }, { cases: [{ ...row, night: 'n2' }], splats: [] });
	}
	using history = await openHistory(file);
	t.deepEqual(history.splats(), [splat]);
	await history.put(cell, { cases: [{ ...row, status: 'PASS' }], splats: [] });
	t.deepEqual(
		history.cases().map(({ night, status }) => [night, status]),
		[
			['n1', 'PASS'],
			['n2', 'FAIL'],
		],
	);
	t.deepEqual(history.splats(), []);
});

test('rows that cannot be put leave what was there', async (t) => {
	using history = await openHistory(await fileIn(t));
	await history.put(cell, { cases: [row], splats: [] });
	await t.throwsAsync(history.put(cell, { cases: [row, row], splats: [] }), { message: /UNIQUE/ });
	t.deepEqual(history.cases(), [row]);
});

for (const [what, spoil] of Object.entries({
	'cut short': (data: Buffer) => data.subarray(0, 5000),
	empty: () => Buffer.alloc(0),
	'no database': () => Buffer.from('night,kernel\n'.repeat(100)),
	'overwritten in its middle': (data: Buffer) => Buffer.concat([data.subarray(0, 4096), Buffer.alloc(4096, 0xff), data.subarray(8192)]),
})) {
	test(`a file that is ${what} is refused and left as it is`, async (t) => {
		const file = await fileIn(t);
		{
			using history = await openHistory(file);
			await history.put(cell, { cases: [row], splats: [splat] });
		}
		const spoilt = spoil(await readFile(file));
		await writeFile(file, spoilt);
		const error = await t.throwsAsync(openHistory(file), { instanceOf: UserError });
		t.regex(error?.message ?? '', /is damaged: .*left as it is/);
		t.deepEqual(await readFile(file), spoilt);
	});
}

test('a history is made again from the nights that are kept', async (t) => {
	const file = await fileIn(t);
	const results = dirname(dirname(file));
	const run = canonicalRun();
	const nightly: Nightly = {
		schema: 1,
		id: '20261126-010000-abcdef',
		started: '2026-11-26T01:00:00Z',
		config: '',
		seed: 1,
		cells: [
			{ id: '1', kernel: 'debian:6.12', config: 'kasan', verdict: 'FAIL', exitCode: 1 },
			{ id: '2', kernel: 'debian:6.1', config: 'kasan' },
		],
	};
	const dir = nightlyDir(results, nightly.id);
	await mkdir(join(dir, '1'), { recursive: true });
	await writeFile(join(dir, 'nightly.json'), JSON.stringify(nightly));
	await writeFile(join(dir, '1/run.json'), JSON.stringify(run));
	using history = await openHistory(file);
	t.is(await rebuildHistory(results, history), 1);
	t.deepEqual(new Set(history.cases().map(({ night }) => night)), new Set([nightly.id]));
	t.is(history.cases().length, run.jobs.flatMap(({ cases }) => cases).length);
});
