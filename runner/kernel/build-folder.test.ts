import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { poll } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { holdFolder } from './build-folder.ts';
import { endChange } from './folder-state.ts';
import { parsePatch } from './patch.ts';
import { contentKeys, prepareTree } from './prepare.ts';
import type { KernelSource } from './source.ts';

const change = (to: string) => [parsePatch(`${to}.patch`, `--- a/fs/a.h\n+++ b/fs/a.h\n@@ -1 +1 @@\n-plain\n+${to}\n`)];

/** A user's folder, two series on it that share its copy, and a build folder that is at the kernel `a1` of the first. */
async function setUp(t: ExecutionContext) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-build-folder-'));
	t.teardown(() => rm(home, { recursive: true }));
	const [user, tree, output] = ['linux', 'copy', 'out'].map((name) => join(home, name)) as [string, string, string];
	await mkdir(join(user, 'fs'), { recursive: true });
	await mkdir(output);
	const header = join(user, 'fs/a.h');
	await writeFile(header, 'plain\n');
	const version = { major: 6, minor: 12, text: '6.12.0' };
	const first: KernelSource = {
		...{ spec: user, origin: user, name: 'copy', tree, isOurs: true, version, follows: user },
		patches: change('first'),
	};
	await endChange(output, { artefact: 'a1', tools: 'ld', compiler: 'gcc', products: {}, listing: undefined });
	const keys = await poll(() => contentKeys(first), { ms: 5_000, everyMs: 20, what: 'the files to be old enough' });
	const hold = (content: string | undefined, made: string) =>
		holdFolder({ source: first, configName: 'kasan', output }, { id: 'a1', content }, async () => ({ id: made }));
	return { first, second: { ...first, patches: change('second') }, header, copied: join(tree, 'fs/a.h'), content: keys.own, hold };
}

test('what is compiled against a kernel sees its series, whoever had the tree since', async (t) => {
	const { first, second, copied, content, hold } = await setUp(t);
	await prepareTree(first, {});
	await prepareTree(second, {});
	await using _held = await hold(content, 'nothing is made');
	t.is(await readFile(copied, 'utf8'), 'first\n');
});

test('a folder that was edited since is not taken for the kernel that it came to', async (t) => {
	const { header, content, hold } = await setUp(t);
	await writeFile(header, 'plain\nand more\n');
	await t.throwsAsync(hold(content, 'a1'), { instanceOf: InfraError, message: /another state of its source/ });
	await writeFile(header, 'plain\n');
	await t.throwsAsync(hold(content, 'a1'), { instanceOf: InfraError }, 'nor is one that was edited to and fro');
});

test('where the files do not tell, only a build does', async (t) => {
	const { hold } = await setUp(t);
	await (await hold(undefined, 'a1'))[Symbol.asyncDispose]();
	await t.throwsAsync(hold(undefined, 'b2'), { instanceOf: InfraError, message: /it came to b2, not to a1$/ });
});
