import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { deferred } from '../util/deadline.ts';
import { followFile } from './followed-file.ts';

test('what is appended comes as it is appended, and the end comes when the writer is gone', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-follow-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const path = join(dir, 'console.log');
	await writeFile(path, 'before ');
	const over = deferred<void>();
	const seen: string[] = [];
	for await (const chunk of followFile(path, over.promise)) {
		seen.push(String(chunk));
		if (seen.length === 1) await appendFile(path, 'then');
		if (seen.join('').endsWith('then')) {
			await appendFile(path, ' last words');
			over.resolve();
		}
	}
	t.is(seen.join(''), 'before then last words');
});
