import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { keepingOrder, restoreOrder } from './modules-order.ts';

const long = new Date('2024-01-01');

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const output = await mkdtemp(join(tmpdir(), 'crucible-order-'));
	t.teardown(() => rm(output, { recursive: true }));
	const file = join(output, 'modules.order');
	await writeFile(file, 'fs/a.o\nfs/b.o\n');
	await utimes(file, long, long);
	const isAsBefore = async () => (await readFile(file, 'utf8')) === 'fs/a.o\nfs/b.o\n' && (await stat(file)).mtimeMs === long.getTime();
	return { output, file, isAsBefore };
}

test('whatever becomes of modules.order, it is there afterwards, and no newer', async (t) => {
	const { output, file, isAsBefore } = await setUp(t);
	t.is(await keepingOrder(output, async () => rm(file).then(() => 1)), 1);
	t.true(await isAsBefore());
	const failed = keepingOrder(output, async () => {
		await writeFile(file, 'fs/b.o\n');
		throw new Error('it does not compile');
	});
	await t.throwsAsync(failed, { message: 'it does not compile' });
	t.true(await isAsBefore());
});

test('after a kill the next build finds it', async (t) => {
	const { output, file, isAsBefore } = await setUp(t);
	const never = keepingOrder(output, async () => {
		await writeFile(file, 'fs/b.o\n');
		// The next build, as another process has it.
		await restoreOrder(output);
		t.true(await isAsBefore());
		await restoreOrder(output);
	});
	await never;
	t.true(await isAsBefore());
});
