import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { buildImage } from './initramfs.ts';

const recipe = `summary: a shell of this machine
init: /bin/sh
binaries:
  - /bin/sh
files:
  /etc/hosts: |
    127.0.0.1 localhost
programs:
  program: program.c
directories:
  /tmp: "1777"
`;

/** A checkout with one image, tiny. */
async function checkout(t: { teardown(fn: () => Promise<void>): void }, text = recipe): Promise<string> {
	const top = await mkdtemp(join(tmpdir(), 'crucible-image-'));
	t.teardown(() => rm(top, { recursive: true }));
	await mkdir(join(top, 'images/tiny'), { recursive: true });
	await writeFile(join(top, 'images/tiny/image.yaml'), text);
	await writeFile(join(top, 'images/tiny/program.c'), 'int main(void) { return 0; }\n');
	return top;
}

test('the same inputs give the same bytes from another folder into another cache', async (t) => {
	const [one, two] = [await checkout(t), await checkout(t)];
	const first = await buildImage('tiny', { checkout: one, cacheDir: join(one, 'cache') });
	const second = await buildImage('tiny', { checkout: two, cacheDir: join(two, 'cache') });
	t.is(first.hash, second.hash);
	t.true((await readFile(first.path)).equals(await readFile(second.path)));
});

test('an image is built once, and again when a file of it changes or the result is gone', async (t) => {
	const top = await checkout(t);
	const steps: string[] = [];
	const build = () => buildImage('tiny', { checkout: top, cacheDir: join(top, 'cache'), onProgress: (detail) => steps.push(detail) });
	const first = await build();
	t.true(steps.length > 0);
	steps.length = 0;
	t.deepEqual(await build(), first);
	t.deepEqual(steps, []);
	await rm(first.path);
	t.deepEqual(await build(), first);
	t.true((await readFile(first.path)).length > 0);
	await writeFile(join(top, 'images/tiny/program.c'), 'int main(void) { return 1; }\n');
	t.not((await build()).hash, first.hash);
});

test('a binary that is nowhere is named with its place in the recipe', async (t) => {
	const top = await checkout(t, recipe.replace('- /bin/sh', '- /usr/bin/no-such-program'));
	const error = await t.throwsAsync(buildImage('tiny', { checkout: top, cacheDir: join(top, 'cache') }), { instanceOf: UserError });
	t.is(error?.message, "/usr/bin/no-such-program is neither in the image's packages nor on this machine");
	t.deepEqual(error?.at, { file: join(top, 'images/tiny/image.yaml'), line: 4, column: 5 });
});

test('a PID 1 that the image lacks is named with its place in the recipe', async (t) => {
	const top = await checkout(t, recipe.replace('init: /bin/sh', 'init: /crucible/bin/agent'));
	const error = await t.throwsAsync(buildImage('tiny', { checkout: top, cacheDir: join(top, 'cache') }), { instanceOf: UserError });
	t.is(error?.message, '/crucible/bin/agent, which is to become PID 1, is not in the image');
	t.deepEqual(error?.at, { file: join(top, 'images/tiny/image.yaml'), line: 2, column: 7 });
});

test('an unknown image is met with the name that is near', async (t) => {
	const top = await checkout(t);
	const error = await t.throwsAsync(buildImage('tony', { checkout: top, cacheDir: join(top, 'cache') }), { instanceOf: UserError });
	t.is(error?.hint, 'did you mean tiny?');
});
