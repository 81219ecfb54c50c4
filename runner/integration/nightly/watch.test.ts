/** A kernel tree is edited under `crucible watch`. Nightly: the tree's kernel is built whole, without a sanitizer, which the bug does not need. */

import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../../config/paths.ts';
import { exec } from '../../util/exec.ts';
import { brokenCase, bug } from '../bisect.ts';
import { debianHistory } from '../debian-history.ts';

test.serial('a case passes once the bug is edited out of a watched tree, and fails once it is saved again', async (t) => {
	const {
		repository,
		certain: { culprit },
	} = await debianHistory(bug);
	const git = async (...args: string[]) => (await exec('git', ['-C', repository, ...args])).stdout;
	const name = await git('diff-tree', '--no-commit-id', '--name-only', '-r', culprit);
	const file = join(repository, name);
	const [broken, mended] = [await readFile(file, 'utf8'), `${await git('show', `${culprit}^:${name}`)}\n`];
	t.teardown(() => writeFile(file, broken));

	const watch = execa(join(checkout.top, 'crucible'), ['watch', '--config', 'plain', '--kernel', repository, '--reruns', '0', brokenCase], {
		all: true,
		cwd: checkout.top,
		env: { CI: 'true', NO_COLOR: '1' },
		reject: false,
		stdin: 'ignore',
	});
	t.teardown(() => void watch.kill('SIGINT'));
	let said = '';
	watch.all.on('data', (chunk: Buffer) => {
		said += chunk.toString();
	});
	/** What it says until it watches again. */
	const iteration = async () => {
		const from = said.length;
		while (!/^watching /m.test(said.slice(from))) await once(watch.all, 'data', { signal: AbortSignal.timeout(30 * 60_000) });
		return said.slice(from);
	};
	t.regex(await iteration(), /^FAIL +1 case/m);
	await writeFile(file, mended);
	t.regex(await iteration(), /^fixed +nfs-fsc\/v42-remount .*FAIL -> PASS/m);
	await writeFile(file, broken);
	t.regex(await iteration(), /^broken +nfs-fsc\/v42-remount .*PASS -> FAIL/m);
	watch.kill('SIGINT');
	t.is((await watch).exitCode, 0, said);
});
