/** After a change only what it reaches is built, the output says what that was, and a kernel that was built before is found. */

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { environment, folders, settingTable } from '../config/settings.ts';
import { type BuiltKernel, buildKernel } from '../kernel/build.ts';
import { parseConfigName } from '../kernel/config-fragments.ts';
import { buildModules } from '../kernel/external-modules.ts';
import { builtAs } from '../kernel/folder-state.ts';
import { applySeries } from '../kernel/prepare.ts';
import { crucible } from './crucible.ts';
import { debianSource, freshPatch, plantedData, unique } from './fresh-patch.ts';

const volume = 'fs/cachefiles/volume.c';
const withData = (text: string) => text + plantedData();

/** `crucible build --json`; `stderr` is what a user reads. */
async function build(...args: string[]): Promise<{ kernel: BuiltKernel; stderr: string }> {
	const { stdout, stderr, exitCode } = await crucible(['build', '--json', ...args]);
	if (exitCode !== 0) throw new Error(`crucible build exited with ${exitCode}:\n${stderr}`);
	const [kernel] = JSON.parse(stdout) as BuiltKernel[];
	if (!kernel) throw new Error('no kernel');
	return { kernel, stderr };
}

const hashes = ({ identity }: BuiltKernel) => identity.hashes;
const differing = (a: BuiltKernel, b: BuiltKernel) =>
	Object.keys(hashes(a).modules).filter((name) => hashes(a).modules[name] !== hashes(b).modules[name]);

test.serial('a change of a module leaves vmlinux; taken out and put in again, both kernels are found', async (t) => {
	const { kernel: plain } = await build();
	const patch = await freshPatch(t, 'volume', volume, withData);
	const { kernel: patched, stderr } = await build('--patch', patch);
	t.is(hashes(patched).vmlinux, hashes(plain).vmlinux);
	t.is(hashes(patched).config, hashes(plain).config);
	t.deepEqual(differing(patched, plain), ['cachefiles']);
	t.regex(stderr, /note: debian:6\.12 kasan\+faults: since the last build .*cachefiles.*: templates hold$/m);

	const { tree } = await debianSource();
	const before = await readFile(join(tree, volume), 'utf8');
	const out = await build();
	const again = await build('--patch', patch);
	t.is(out.kernel.id, plain.id);
	t.is(again.kernel.id, patched.id);
	for (const { kernel } of [out, again]) t.is(kernel.timings.makeMs, 0);
	t.is(await readFile(join(tree, volume), 'utf8'), before, 'the tree was not touched for it');

	const next = await build('--patch', await freshPatch(t, 'next', volume, withData));
	t.deepEqual(differing(next.kernel, patched), ['cachefiles']);
	t.regex(next.kernel.story.join(), /^since the last build cachefiles changed \(1 of \d+ modules\); vmlinux untouched: templates hold$/);
	t.is(next.kernel.timings.configureMs, 0);
	t.log(`after a change of one file: ${JSON.stringify(next.kernel.timings)}`);
});

test.serial('a comment changes nothing that is built, and is said to', async (t) => {
	const { kernel: plain } = await build();
	const patch = await freshPatch(t, 'comment', volume, (text) => text.replace(' */', ` ${unique()} */`));
	const { kernel, stderr } = await build('--patch', patch);
	t.is(kernel.id, plain.id);
	t.regex(stderr, /note: .*: comment\.patch changes nothing that is built: this is the kernel without$/m);
});

test.serial('a source that does not compile is told by the compiler, and mended as quickly as before', async (t) => {
	const broken = await freshPatch(t, 'broken', volume, (text) => `${text}\n#error planted ${unique()}\n`);
	const { exitCode, stderr } = await crucible(['build', '--patch', broken]);
	t.is(exitCode, 125);
	t.regex(stderr, /fs\/cachefiles\/volume\.c:\d+:2: error: #error planted/);
	const mended = await build('--patch', await freshPatch(t, 'mended', volume, withData));
	t.is(mended.kernel.timings.configureMs, 0);
	t.regex(mended.kernel.story.join(), /vmlinux untouched: templates hold/);
});

test.serial('a module of ours for a kernel that was found brings its build folder back to it', async (t) => {
	const source = await debianSource();
	const how = {
		configNames: parseConfigName(settingTable.config.fallback),
		kconfigDir: checkout.kconfig,
		cacheDir: folders.cache,
		jobs: 2,
		env: environment,
	};
	const patch = await freshPatch(t, 'elsewhere', volume, withData);
	const series = await applySeries(source, [patch], { cacheDir: folders.cache, cwd: checkout.top });
	await using plain = await buildKernel({ ...how, source });
	await using patched = await buildKernel({ ...how, source: series });
	const { output } = plain.make;
	t.is(await builtAs(output), patched.id);

	const home = dirname(patch);
	await writeFile(join(home, 'ours.c'), '#include <linux/module.h>\nMODULE_LICENSE("GPL");\n');
	const [module] = await buildModules(plain, [join(home, 'ours.c')], { cacheDir: home });
	t.is(module?.name, 'ours');
	t.is(await builtAs(output), plain.id);
	await using found = await buildKernel({ ...how, source: series });
	t.is(found.id, patched.id);
	t.is(await builtAs(output), plain.id, 'and stays there until something is to be built');
});

test.serial('a header that reaches vmlinux is built into it, and named', async (t) => {
	const { kernel: plain } = await build();
	const include = '#include <linux/sunrpc/svc.h>\n';
	const patch = await freshPatch(t, 'header', 'include/linux/nfs_ssc.h', (text) => text.replace(include, include + plantedData()));
	const { kernel, stderr } = await build('--patch', patch);
	t.not(hashes(kernel).vmlinux, hashes(plain).vmlinux);
	t.regex(stderr, /note: .*; vmlinux changed: include\/linux\/nfs_ssc\.h reaches 1 built-in object \(fs\/nfs_common\/nfs_ssc\.o\)$/m);
	t.log(`after a change of a header: ${JSON.stringify(kernel.timings)}`);
});
