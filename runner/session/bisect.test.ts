import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { bisectDir, bisectFiles, latestBisection } from './bisect.ts';

test('the newest bisection that has not ended goes on, unless an older crucible wrote it', async (t) => {
	const results = await mkdtemp(join(tmpdir(), 'crucible-bisect-'));
	t.teardown(() => rm(results, { recursive: true }));
	const write = async (id: string, state: object) => {
		await mkdir(bisectDir(results, id), { recursive: true });
		await writeFile(join(bisectDir(results, id), bisectFiles.state), JSON.stringify({ id, ...state }));
	};
	await write('20261121-014500-3fa9c1', { schema: 1 });
	await t.throwsAsync(latestBisection(results), {
		instanceOf: UserError,
		message: /20261121-014500-3fa9c1-bisect is of an older crucible/,
	});
	await write('20261122-014500-3fa9c1', { schema: 2 });
	await write('20261123-014500-3fa9c1', { schema: 2, outcome: { kind: 'ends', why: '' } });
	t.is((await latestBisection(results)).id, '20261122-014500-3fa9c1');
});
