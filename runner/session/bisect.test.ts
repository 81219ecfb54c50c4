import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Bisection } from '../model/bisection.ts';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { bisectDir, bisectFiles, latestBisection, lockBisection, readBisection, runBisection } from './bisect.ts';
import type { BisectSite } from './bisect-world.ts';

const scratch = async (t: ExecutionContext) => {
	const results = await mkdtemp(join(tmpdir(), 'crucible-bisect-'));
	t.teardown(() => rm(results, { recursive: true }));
	const write = async (id: string, state: object) => {
		await mkdir(bisectDir(results, id), { recursive: true });
		await writeFile(join(bisectDir(results, id), bisectFiles.state), JSON.stringify({ id, ...state }));
	};
	return { results, write };
};

test('the newest bisection that has not ended goes on, unless an older crucible wrote it', async (t) => {
	const { results, write } = await scratch(t);
	const latest = async () => readBisection(results, await latestBisection(results));
	await write('20261121-014500-3fa9c1', { schema: 1 });
	await t.throwsAsync(latest(), {
		instanceOf: UserError,
		message: /20261121-014500-3fa9c1 is of an older crucible/,
	});
	await write('20261122-014500-3fa9c1', { schema: 2 });
	await write('20261123-014500-3fa9c1', { schema: 2, outcome: { kind: 'ends', why: '' } });
	t.is((await latest()).id, '20261122-014500-3fa9c1');
});

test('one process goes on with a bisection, and another finds out when it has ended', async (t) => {
	const { results, write } = await scratch(t);
	const id = '20261121-014500-3fa9c1';
	await write(id, { schema: 2 });
	{
		await using _held = await lockBisection(results, id);
		await t.throwsAsync(lockBisection(results, id), { instanceOf: UserError, message: `the bisection ${id} is running` });
		await write(id, { schema: 2, outcome: { kind: 'ends', why: '' } });
	}
	await using _held = await lockBisection(results, id);
	await t.throwsAsync(readBisection(results, id), { instanceOf: UserError, message: `the bisection ${id} has ended` });
});

test('what cannot begin leaves nothing to go on with, and what was begun stays', async (t) => {
	const { results, write } = await scratch(t);
	const begin = (id: string) => {
		const begun = {
			schema: 2,
			id,
			kind: 'configs',
			commits: ['0', '1'].map((commit) => ({ id: commit, title: '', parents: [] })),
			findings: [],
		};
		const kernelOf = () => {
			throw new UserError('there is no fragment kasn');
		};
		const site = { kernelOf, dir: bisectDir(results, id) } as unknown as BisectSite;
		return runBisection({ begun: begun as unknown as Bisection, site, onFinding: () => {} });
	};
	const [fresh, cut] = ['20261122-014500-3fa9c1', '20261121-014500-3fa9c1'];
	await t.throwsAsync(begin(fresh), { message: 'there is no fragment kasn' });
	t.false(await exists(bisectDir(results, fresh)));
	await write(cut, { schema: 2 });
	await t.throwsAsync(begin(cut), { message: 'there is no fragment kasn' });
	t.is(await latestBisection(results), cut);
});
