import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readSettings } from '../config/settings.ts';
import { UserError } from '../util/errors.ts';
import { type BisectFlags, beginBisection } from './bisect-request.ts';

const { signal } = new AbortController();
const begin = async (flags: Partial<BisectFlags>) => {
	const settings = await readSettings({ kernel: ['debian:6.12'], config: 'kasan' });
	return beginBisection({ case: 'nfs-fsc/v42-remount', ...flags }, settings, signal);
};

test('between two configurations the fragments are put in and taken out one after the other', async (t) => {
	const { begun, kernelOf } = await begin({ configGood: 'kasan+faults', configBad: 'kasan+lockdep' });
	t.deepEqual(
		begun.commits.map(({ title }) => title),
		['kasan+faults', 'with lockdep', 'without faults'],
	);
	t.deepEqual(
		[0, 1, 2].map((at) => kernelOf(at).config),
		['faults+kasan', 'faults+kasan+lockdep', 'kasan+lockdep'],
	);
	await t.throwsAsync(() => begin({ configGood: 'kasan+lockdep', configBad: 'lockdep+kasan' }), {
		instanceOf: UserError,
		message: /the same configuration/,
	});
});

test('between two configurations a flag that would do nothing is refused', async (t) => {
	const ends = { configGood: 'plain', configBad: 'kasan' };
	for (const [name, flags] of Object.entries({ good: { good: 'v6.11' }, bad: { bad: 'HEAD' }, config: { config: 'kasan' } }))
		await t.throwsAsync(() => begin({ ...ends, ...flags }), {
			instanceOf: UserError,
			message: `--${name} would do nothing: --config-good and --config-bad are the ends`,
		});
});

test('a series is put on patch by patch', async (t) => {
	const { kernelOf } = await begin({ patch: [await series(t)] });
	t.deepEqual(
		[0, 1, 2].map((at) => kernelOf(at).patches.map(({ name }) => name)),
		[[], ['1.patch'], ['1.patch', '2.patch']],
	);
});

async function series(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-request-'));
	t.teardown(() => rm(dir, { recursive: true }));
	for (const name of ['1', '2'])
		await writeFile(join(dir, `${name}.patch`), `--- a/fs/${name}.c\n+++ b/fs/${name}.c\n@@ -1 +1 @@\n-a\n+b\n`);
	return dir;
}
