import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Frame, Splat } from '../model/run.ts';
import { withSourceLines } from './source-lines.ts';

test('the lines around a call stand beside its frame; machinery, files that are gone and paths out of the tree have none', async (t) => {
	const top = await mkdtemp(join(tmpdir(), 'crucible-source-'));
	t.teardown(() => rm(top, { recursive: true }));
	const tree = join(top, 'linux');
	await mkdir(join(tree, 'fs'), { recursive: true });
	await mkdir(join(tree, 'mm/kasan'), { recursive: true });
	const text = Array.from({ length: 20 }, (_, at) => `line ${at + 1}`).join('\n');
	for (const file of [join(tree, 'fs/a.c'), join(tree, 'mm/kasan/report.c'), join(top, 'secret.c')]) await writeFile(file, text);
	const frame = (file: string, line: number): Frame => ({ function: 'f', file, line });
	const frames = [frame('mm/kasan/report.c', 5), frame('fs/a.c', 10), frame('../secret.c', 3), frame('fs/gone.c', 1), frame('fs/a.c', 99)];
	const splat: Splat = { kind: 'KASAN', title: 'x', fingerprint: '0', isFailure: true, stacks: [{ role: 'access', frames }], text: '' };
	const [got] = await withSourceLines([splat], tree);
	t.deepEqual(
		got?.stacks[0]?.frames.map(({ source }) => source),
		[undefined, { first: 6, lines: [6, 7, 8, 9, 10, 11, 12].map((n) => `line ${n}`) }, undefined, undefined, undefined],
	);
});
