/** The smoke suites are seen failing on bugs that the kernel once had: a fix is taken out, and the case that must notice does. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { outline, resultsOf, runJson } from './crucible.ts';

const bugs = [
	{
		id: '26',
		what: 'every volume counts as stale at its next mount',
		case: 'nfs-fsc/v42-remount',
		reason: /^not ok: warm read is served without a READ on the server/,
	},
	{
		id: '45',
		what: 'a file kept open is never read back from the cache',
		case: 'nfs-fsc/v42-drop-pages',
		reason: /^not ok: warm read is served without a READ on the server/,
	},
	{
		id: '31',
		what: 'a volume is withdrawn without a reference to it',
		case: 'race-erofs/withdraw-volume',
		reason: /^KASAN: slab-use-after-free Read in cachefiles_withdraw_volume/,
	},
	{
		id: '02',
		what: 'requests that were flushed stay listed',
		case: 'race-erofs/flush-release',
		reason: /^KASAN: slab-use-after-free Read in cachefiles_ondemand_fd_release/,
	},
	{
		id: '37',
		what: 'a cookie in use is discarded from the LRU',
		case: 'race-ninep/lru-reuse',
		reason: /^not ok: the cookie stays active while the file is open/,
	},
];

for (const bug of bugs) {
	test.serial(`known bug ${bug.id} (${bug.what}) is caught by ${bug.case}`, async (t) => {
		const dir = join(checkout.suites, 'known-bugs/6.12');
		const file = (await readdir(dir)).find((name) => name.startsWith(`${bug.id}-`));
		const { run, exitCode } = await runJson([bug.case, '--patch', join(dir, file ?? ''), '--reruns', '1']);
		const result = resultsOf(run).get(bug.case);
		t.is(exitCode, 1, outline(run));
		t.regex(result?.reason ?? '', bug.reason);
		t.is(result?.attempts.length, 2, 'a failure is rerun for its rate');
		t.regex(result?.reason ?? '', /\(2\/2\)$/);
	});
}

test.serial('a patch that does not compile ends 125, with the compiler’s lines, and the cases are MISS', async (t) => {
	const file = join(await mkdtemp(join(tmpdir(), 'crucible-patch-')), 'broken.patch');
	t.teardown(() => rm(join(file, '..'), { recursive: true }));
	const name = 'fs/cachefiles/main.c';
	const [first, second] = [
		' // SPDX-License-Identifier: GPL-2.0-or-later',
		' /* Network filesystem caching backend to use cache files on a premounted',
	];
	await writeFile(file, `--- a/${name}\n+++ b/${name}\n@@ -1,2 +1,3 @@\n${first}\n+#error planted by a test\n${second}\n`);
	const { run, exitCode } = await runJson(['erofs-ondemand/partial', '--patch', file]);
	t.is(exitCode, 125, outline(run));
	t.is(run.jobs[0]?.cases[0]?.status, 'MISS');
	t.regex(run.jobs[0]?.problem?.log.join('\n') ?? '', /fs\/cachefiles\/main\.c:2:2: error: #error planted by a test/);
});

test.serial('a patch that does not apply ends 125, with the file, and the cases are MISS', async (t) => {
	const patch = join(checkout.suites, 'known-bugs/6.12/45-release-always-not-set-cache-never-read-back.patch');
	const { run, exitCode } = await runJson(['erofs-ondemand/partial', '--patch', patch, '--patch', patch]);
	t.is(exitCode, 125, outline(run));
	t.is(run.jobs[0]?.cases[0]?.status, 'MISS');
	t.regex(run.jobs[0]?.problem?.message ?? '', /does not apply: fs\/nfs\/fscache\.c has that change already/);
});
