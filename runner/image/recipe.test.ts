import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { UserError } from '../util/errors.ts';
import { readRecipe } from './recipe.ts';

test("every image's recipe of this checkout is valid", async (t) => {
	const recipe = await readRecipe(join(checkout.images, 'base'));
	t.true(recipe.programs.agent?.includes('agent/main.c'));
});

const mistakes = [
	{ text: 'summary: x\ninit: /init\nbinarys: [/bin/ls]\n', at: [3, 1], message: 'binarys: unknown key "binarys"' },
	{
		text: 'summary: x\ninit: /init\nbinaries:\n  - bin/ls\n',
		at: [4, 5],
		message: 'binaries.0: must be an absolute path without . and ..',
	},
	{
		text: 'summary: x\ninit: /init\nfiles:\n  /etc/../x: ""\n',
		at: [4, 3],
		message: /^files\.\/etc\/\.\.\/x: (?!Invalid key)/,
	},
	{ text: 'summary: x\ninit: init\n', at: [2, 1], message: 'init: must be an absolute path without . and ..' },
	{ text: 'summary: x\ninit: /init\ndirectories:\n  /tmp: 1777\n', at: [4, 3], message: /^directories\.\/tmp: / },
	{
		text: 'summary: x\ninit: /init\nprograms: {x: nowhere}\n',
		at: [undefined, undefined],
		message: "there is no nowhere in the image's folder",
	},
] as const;

for (const { text, at, message } of mistakes)
	test(`a recipe is refused with its place: ${message}`, async (t) => {
		const folder = await mkdtemp(join(tmpdir(), 'crucible-recipe-'));
		t.teardown(() => rm(folder, { recursive: true }));
		await writeFile(join(folder, 'image.yaml'), text);
		const error = await t.throwsAsync(readRecipe(folder), { instanceOf: UserError, message });
		t.deepEqual([error?.at?.line, error?.at?.column], [...at]);
	});
