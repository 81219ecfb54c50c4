import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UnmetError } from '../util/errors.ts';
import { configure } from './configure.ts';

// FSCACHE became a bool in 6.8.
const makefile = 'allnoconfig:\n\t@echo CONFIG_FSCACHE=y > $(O)/.config\n';

test('a request that this kernel does not meet is told as that, with its place', async (t) => {
	const tree = await mkdtemp(join(tmpdir(), 'crucible-configure-'));
	t.teardown(() => rm(tree, { recursive: true }));
	await writeFile(join(tree, 'Makefile'), makefile);
	await writeFile(join(tree, 'Kconfig'), 'config FSCACHE\n\tbool "cache"\n');
	const make = { tree, output: join(tree, 'out'), variables: [], env: {}, jobs: 1 };
	const request = (value: string) => [{ symbol: 'FSCACHE', value, at: { file: 'kconfig/netfs.config', line: 6 } }];
	await configure(make, request('y'));
	const error = await t.throwsAsync(configure(make, request('m')), { instanceOf: UnmetError });
	t.regex(error?.message ?? '', /^kconfig: FSCACHE \(kconfig\/netfs\.config:6\) is y, not m: it is a bool in this kernel, y or n$/);
});
