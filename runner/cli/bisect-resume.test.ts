import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readSettings } from '../config/settings.ts';
import { saveSeries } from '../kernel/save-series.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { type Begun, type BisectFlags, beginBisection } from './bisect-request.ts';
import { resumeBisection } from './bisect-resume.ts';

const { signal } = new AbortController();
const begin = async (flags: Partial<BisectFlags>) => {
	const settings = await readSettings({ kernel: flags.kernel ?? ['debian:6.12'], config: flags.config ?? 'kasan' });
	return beginBisection({ case: 'nfs-fsc/v42-remount', ...flags }, settings, signal);
};
const resume = (flags: BisectFlags, { begun }: Begun, dir = '') => resumeBisection(flags, begun, dir, signal);
const refused = (t: ExecutionContext, flags: BisectFlags, begun: Begun, name: string) =>
	t.throwsAsync(() => resume(flags, begun), { instanceOf: UserError, message: new RegExp(`--${name} cannot change$`) });

test('what a vote means is kept, and a flag that says otherwise is refused by its name', async (t) => {
	const given = { configGood: 'kasan', configBad: 'kasan+lockdep', case: 'nfs-fsc/v42-remount', sign: 'KASAN', timeout: 60, seed: 7 };
	const begun = await begin(given);
	const { begun: same, kernelOf } = await resume({}, begun);
	t.deepEqual(same, begun.begun);
	t.deepEqual(kernelOf(1), { spec: 'debian:6.12', config: 'kasan+lockdep', patches: [] });
	await t.notThrowsAsync(resume({ ...given, configBad: 'lockdep+kasan', kernel: ['debian:6.12'], config: 'kasan', warp: true }, begun));
	const others: [string, BisectFlags][] = [
		['case', { case: 'nfs-fsc/v42-tails' }],
		['sign', { sign: 'WARNING' }],
		['kernel', { kernel: ['debian:6.1'] }],
		['config', { config: 'plain' }],
		['config-good', { configGood: 'plain' }],
		['config-bad', { configBad: 'kasan' }],
		['good', { good: 'v6.11' }],
		['timeout', { timeout: 61 }],
		['seed', { seed: 8 }],
		['accel', { accel: 'tcg' }],
		['no-warp', { warp: false }],
	];
	for (const [name, flags] of others) await refused(t, flags, begun, name);
	await refused(t, { sign: 'KASAN' }, await begin({ ...given, sign: undefined }), 'sign');
});

test('how sure to be, and when to give up, may change', async (t) => {
	const begun = await begin({ configGood: 'kasan', configBad: 'kasan+lockdep', maxRuns: 9 });
	const { confidence, mostRuns } = (await resume({ confidence: 0.9 }, begun)).begun;
	t.deepEqual({ confidence, mostRuns }, { confidence: 0.9, mostRuns: 9 });
});

test('a series goes on from what was kept of it, and another one is refused', async (t) => {
	const dir = await scratch(t);
	for (const name of ['1', '2'])
		await writeFile(join(dir, `${name}.patch`), `--- a/fs/${name}.c\n+++ b/fs/${name}.c\n@@ -1 +1 @@\n-a\n+b\n`);
	const begun = await begin({ patch: [dir] });
	const kept = await scratch(t);
	await saveSeries(join(kept, 'series'), begun.patches);
	const { kernelOf } = await resume({}, begun, kept);
	t.deepEqual(
		[0, 1, 2].map((at) => kernelOf(at).patches.map(({ text }) => text)),
		[0, 1, 2].map((at) => begun.kernelOf(at).patches.map(({ text }) => text)),
	);
	await t.notThrowsAsync(resume({ patch: [dir] }, begun, kept));
	await refused(t, { patch: [join(dir, '1.patch')] }, begun, 'patch');
});

test('commits go on between the same ends of the same repository, with the same patches on top', async (t) => {
	const repository = await scratch(t);
	const git = (...args: string[]) => exec('git', ['-C', repository, '-c', 'user.name=A', '-c', 'user.email=a@b', ...args]);
	await git('init', '--quiet');
	for (const tag of ['one', 'two', 'three']) {
		await git('commit', '--quiet', '--allow-empty', '-m', tag);
		await git('tag', tag);
	}
	const fixUp = join(await scratch(t), 'fix-up.patch');
	await writeFile(fixUp, '--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1 +1 @@\n-a\n+b\n');
	const begun = await begin({ kernel: [repository], good: 'one', bad: 'three', patch: [fixUp] });
	const kept = await scratch(t);
	await saveSeries(join(kept, 'series'), begun.patches);
	const { kernelOf } = await resume({}, begun, kept);
	t.deepEqual([kernelOf(1).spec, kernelOf(1).patches.length], [begun.kernelOf(1).spec, 1]);
	await t.notThrowsAsync(resume({ kernel: [`${repository}#two`], good: 'one', bad: 'HEAD', patch: [fixUp] }, begun, kept));
	await refused(t, { bad: 'two' }, begun, 'bad');
	await refused(t, { good: 'two' }, begun, 'good');
	await refused(t, { kernel: ['debian:6.12'] }, begun, 'kernel');
	await refused(t, { patch: [fixUp] }, await begin({ kernel: [repository], good: 'one', bad: 'three' }), 'patch');
});

test('a branch that moves, or a folder that is named from elsewhere, is the same kernel', async (t) => {
	const repository = await scratch(t);
	const git = (...args: string[]) => exec('git', ['-C', repository, '-c', 'user.name=A', '-c', 'user.email=a@b', ...args]);
	await git('init', '--quiet');
	await git('commit', '--quiet', '--allow-empty', '-m', 'one');
	const kernel = [`${repository}#HEAD`];
	const begun = await begin({ kernel, configGood: 'plain', configBad: 'kasan' });
	await t.notThrowsAsync(resume({ kernel }, begun));
	await git('commit', '--quiet', '--allow-empty', '-m', 'two');
	t.is((await resume({}, begun)).kernelOf(0).spec, begun.begun.source);
	await refused(t, { kernel }, begun, 'kernel');
});

async function scratch(t: ExecutionContext): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-resume-'));
	t.teardown(() => rm(dir, { recursive: true }));
	return dir;
}
