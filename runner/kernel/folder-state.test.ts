import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { beginChange, builtAs, endChange, readFolder } from './folder-state.ts';

async function setUp(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
	const output = await mkdtemp(join(tmpdir(), 'crucible-folder-'));
	t.teardown(() => rm(output, { recursive: true }));
	return output;
}

const state = { artefact: 'a1', tools: 'ld', compiler: 'gcc', products: { vmlinux: '1 2' }, listing: 'f1 1 1 1 Makefile\t\0' };

test('a folder is at what its last build made, and at nothing while it is changed or after that was cut off', async (t) => {
	const output = await setUp(t);
	t.is(await builtAs(output), undefined);
	t.is(await readFolder(output), undefined);
	await beginChange(output, 'all');
	t.is(await readFolder(output), undefined, 'a first build has nothing to lose');
	await endChange(output, state);
	t.is(await builtAs(output), 'a1');
	const { listing, artefact, since } = (await readFolder(output)) ?? {};
	t.deepEqual({ listing, artefact, since }, { listing: state.listing, artefact: 'a1', since: undefined });
	await beginChange(output, 'modules');
	t.is(await builtAs(output), undefined);
	t.is((await readFolder(output))?.since, 'modules');
	t.is((await readFolder(output))?.artefact, 'a1', 'what it was at is still known, to compare with');
});

test('of several changes that were cut off the widest counts', async (t) => {
	const output = await setUp(t);
	await endChange(output, state);
	const seen = [];
	for (const what of ['modules', 'all', 'modules'] as const) {
		await beginChange(output, what);
		seen.push((await readFolder(output))?.since);
	}
	t.deepEqual(seen, ['modules', 'all', 'all']);
	await endChange(output, state);
	await beginChange(output, 'modules');
	t.is((await readFolder(output))?.since, 'modules', 'a build that ended makes up for them');
});

test('a listing of another moment is not taken for the stamp’s own', async (t) => {
	const output = await setUp(t);
	await endChange(output, state);
	// As a kill between the two leaves it.
	await writeFile(join(output, '.crucible-listing'), 'f2 2 2 2 Makefile\t\0');
	t.is((await readFolder(output))?.listing, undefined);
	t.is((await readFolder(output))?.artefact, 'a1');
});

test('a stamp of another layout is none', async (t) => {
	const output = await setUp(t);
	await writeFile(join(output, '.crucible-stamp.json'), JSON.stringify({ artefact: 'a1', products: 'hash', key: 'k' }));
	t.is(await builtAs(output), undefined);
	t.is(await readFolder(output), undefined);
});
