/** The schedules over the LRU's worker and a cookie's own worker catch what they are there for: a cookie that one frees under the other. */

import test from 'ava';
import { outline, resultsOf, runJson } from '../crucible.ts';
import { freshPatch } from '../fresh-patch.ts';

test.serial('a cookie that the LRU holds no reference to is freed under its own worker, and race-ninep/unhash sees it', async (t) => {
	const get = '\t\tfscache_get_cookie(cookie, fscache_cookie_get_lru);\n';
	const patch = await freshPatch(t, 'no-lru-reference', 'fs/netfs/fscache_cookie.c', (text) => {
		if (!text.includes(get)) throw new Error('fscache_cookie.c has changed');
		return text.replace(get, '');
	});
	const { run, exitCode } = await runJson(['race-ninep/unhash', '--patch', patch, '--reruns', '0']);
	const result = resultsOf(run).get('race-ninep/unhash');
	t.is(exitCode, 1, outline(run));
	t.is(result?.status, 'FAIL', outline(run));
	const titles = result?.attempts.flatMap(({ splats }) => splats.map(({ title }) => title)) ?? [];
	t.true(
		titles.some((title) => /fscache|refcount/i.test(title)),
		titles.join('\n'),
	);
});
