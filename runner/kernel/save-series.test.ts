import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parsePatch } from './patch.ts';
import { readSaved, saveSeries } from './save-series.ts';

const diff = '--- a/fs/a.c\n+++ b/fs/a.c\n@@ -1 +1 @@\n-one\n+two\n';
const commit = { title: 'netfs: fix', author: 'A U Thor <author@example.org>', message: 'Because.\n\nSigned-off-by: A U Thor' };

test('a saved series reads as it was, and saved again it is the same files', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-save-series-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const patches = [
		parsePatch('bare.patch', diff),
		parsePatch('0001-mail.patch', `---\n fs/a.c | 2 +-\n\n${diff}`, { commit }),
		parsePatch(`${'a-name-of-60-with-its-end-at-a-hyphen-'.padEnd(59, 'x')}--more.patch`, diff, { commit }),
	];
	await saveSeries(dir, patches);
	const files = await readdir(dir);
	const saved = await readSaved(dir);
	t.deepEqual(
		saved.map(({ text, commit }) => ({ text, commit })),
		patches.map(({ text, commit }) => ({ text, commit })),
	);
	t.deepEqual(
		saved.slice(0, 2).map(({ name }) => name),
		['bare.patch', '0001-mail.patch'],
	);
	await saveSeries(dir, saved);
	t.deepEqual(await readdir(dir), files);
	t.deepEqual(await readSaved(dir), saved);
});
