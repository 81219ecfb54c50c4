import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { poll } from './deadline.ts';

const module = pathToFileURL(join(checkout.top, 'dist/runner/util/janitor.js')).href;

test('what is registered goes when its process is killed, and nothing else; a process that ends keeps what it let go of', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-janitor-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	await mkdir(join(dir, "a folder's"));
	for (const name of ["a folder's/file", 'registered', 'let go', 'never told']) await writeFile(join(dir, name), '');
	const script = `
		const { removedWhenKilled } = await import(${JSON.stringify(module)});
		const at = (name) => removedWhenKilled(${JSON.stringify(dir)} + '/' + name);
		at("a folder's"), at('registered'), at('not yet there');
		at('let go')[Symbol.dispose]();
		setInterval(() => {}, 1000);
		console.log('ready');`;
	const child = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false });
	await new Promise((resolve) => child.stdout.once('data', resolve));
	t.is((await readdir(dir)).length, 4);
	child.kill('SIGKILL');
	await child;
	await poll(async () => (await readdir(dir)).length === 2, { ms: 10_000, what: 'what was registered to be gone' });
	t.deepEqual((await readdir(dir)).sort(), ['let go', 'never told']);
});

test('a process that has registered something ends by itself', async (t) => {
	const script = `(await import(${JSON.stringify(module)})).removedWhenKilled('/nonexistent/x');`;
	const { exitCode } = await execa(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });
	t.is(exitCode, 0);
});
