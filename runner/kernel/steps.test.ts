import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { countSteps } from './steps.ts';

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const output = await mkdtemp(join(tmpdir(), 'crucible-steps-'));
	t.teardown(() => rm(output, { recursive: true }));
	return { output, file: join(output, 'steps') };
}

test('a whole build is counted against the last whole one', async (t) => {
	const { output, file } = await setUp(t);
	await writeFile(file, '4\n');
	const seen: string[] = [];
	const counter = await countSteps(output, file, ({ detail, done, total }) => seen.push(`${detail} ${done}/${total}`));
	t.true(counter.isWhole);
	for (const target of ['a.o', 'b.o']) counter.onStep({ verb: 'CC', target });
	counter.onStep({ verb: 'LD', target: 'vmlinux' });
	t.deepEqual(seen, ['CC a.o 1/4', 'CC b.o 2/4', 'LD vmlinux 2/4']);
	await counter.save();
	t.is(await readFile(file, 'utf8'), '2\n');
});

test('a partial build has no total, and is nothing to count against', async (t) => {
	const { output, file } = await setUp(t);
	await writeFile(join(output, 'vmlinux'), '');
	const seen: unknown[] = [];
	const counter = await countSteps(output, file, ({ total }) => seen.push(total));
	t.false(counter.isWhole);
	counter.onStep({ verb: 'CC [M]', target: 'a.o' });
	await counter.save();
	t.deepEqual(seen, [undefined]);
	await t.throwsAsync(readFile(file));
});

test('linking begins after the last compiler, and what is compiled for it is part of it', async (t) => {
	const { output, file } = await setUp(t);
	const counter = await countSteps(output, file);
	const step = (verb: string, target: string) => counter.onStep({ verb, target });
	t.is(counter.linkBegan(), undefined);
	step('AR', 'fs/built-in.a');
	step('CC [M]', 'fs/x.o');
	t.is(counter.linkBegan(), undefined);
	step('LD [M]', 'fs/x.ko.o');
	const began = counter.linkBegan();
	t.not(began, undefined);
	for (const [verb, target] of [
		['MODPOST', 'Module.symvers'],
		['CC [M]', 'fs/x.mod.o'],
		['CC', '.vmlinux.export.o'],
		['AS', '.tmp_vmlinux2.kallsyms.o'],
		['LD', 'vmlinux'],
	] as const)
		step(verb, target);
	t.is(counter.linkBegan(), began);
});
