import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { nightlyDir } from '../session/nightly.ts';
import { UserError } from '../util/errors.ts';
import { cutNightly } from './nightly.ts';

test('a nightly that was cut off is gone on with, unless it ended or --fresh begins anew: then a state that cannot be read is no matter', async (t) => {
	const results = await mkdtemp(join(tmpdir(), 'crucible-nightly-'));
	t.teardown(() => rm(results, { recursive: true }));
	const id = '20261121-014500-3fa9c1';
	const dir = nightlyDir(results, id);
	const save = (text: string) => writeFile(join(dir, 'nightly.json'), text);
	t.is(await cutNightly(results, {}), undefined);
	await mkdir(dir);
	await save(JSON.stringify({ id }));
	t.is((await cutNightly(results, {}))?.id, id);
	t.is(await cutNightly(results, { fresh: true }), undefined);
	await save(JSON.stringify({ id, ended: '2026-11-21T06:00:00Z' }));
	t.is(await cutNightly(results, {}), undefined);
	await save('{"id"');
	await t.throwsAsync(cutNightly(results, {}), { instanceOf: UserError, message: /cannot read/ });
	t.is(await cutNightly(results, { fresh: true }), undefined);
});
