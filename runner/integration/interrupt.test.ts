/** A run that is stopped or killed leaves nothing behind and goes on where it was. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { findRun } from '../session/store.ts';
import { poll } from '../util/deadline.ts';
import { crucible, outline, runJson } from './crucible.ts';
import { freshPatch, plantedData, unique } from './fresh-patch.ts';
import { isCaseStart, pressCtrlC, processesWith, runUntil } from './interrupted-run.ts';

test.serial('SIGKILL in the middle of a case leaves no QEMU, and --resume ends the same run', async (t) => {
	const killed = await runUntil(['erofs-ondemand', '--jobs', '1'], isCaseStart, (pid) => process.kill(pid, 'SIGKILL'));
	t.is(killed.signal, 'SIGKILL', killed.stderr);
	const cut = await findRun(checkout.results, 'latest');
	t.false(cut.isComplete);
	await poll(async () => (await processesWith(cut.id)).length === 0, { ms: 5_000, what: 'QEMU to be gone' });
	const { run, exitCode } = await runJson(['erofs-ondemand', '--resume']);
	t.is(exitCode, 0, outline(run));
	t.is(run.id, cut.id);
	t.is(run.counts.MISS, 0);
});

test.serial('the first Ctrl-C lets the running case end, keeps the results and exits 130', async (t) => {
	const { exitCode, events, stderr } = await runUntil(['erofs-ondemand', '--jobs', '1'], isCaseStart, (pid) => {
		void poll(async () => (await qemuPids()).length > 0, { ms: 60_000, what: 'a QEMU' }).then(() => pressCtrlC(pid));
	});
	t.is(exitCode, 130, stderr);
	t.is(events.filter((event) => event.type === 'case-ended').length, 1);
	const { run, isComplete } = await findRun(checkout.results, 'latest');
	t.false(isComplete);
	t.is(run.counts.PASS, 1, outline(run));
	t.true(run.counts.MISS > 0);
	t.deepEqual(await processesWith(run.id), []);
});

test.serial('a second Ctrl-C stops the running case at once', async (t) => {
	const { exitCode, events, stderr } = await runUntil(['erofs-ondemand', '--jobs', '1'], isCaseStart, pressCtrlC, pressCtrlC);
	t.is(exitCode, 130, stderr);
	t.is(events.filter((event) => event.type === 'case-ended').length, 0);
	const { id } = await findRun(checkout.results, 'latest');
	await poll(async () => (await processesWith(id)).length === 0, { ms: 5_000, what: 'QEMU to be gone' });
	t.pass();
});

test.serial('a QEMU that is killed from outside makes an ERROR that is retried in a fresh machine', async (t) => {
	let kills = 0;
	const { exitCode, stderr } = await runUntil(['erofs-ondemand/partial', '--jobs', '1'], isCaseStart, () => {
		void poll(async () => (await qemuPids()).length > 0, { ms: 60_000, what: 'a QEMU' }).then(async () => {
			for (const pid of await qemuPids()) {
				process.kill(pid, 'SIGKILL');
				kills++;
			}
		});
	});
	t.is(exitCode, 0, stderr);
	t.is(kills, 1);
	const { run } = await findRun(checkout.results, 'latest');
	const [result] = run.jobs[0]?.cases ?? [];
	t.deepEqual(
		result?.attempts.map((attempt) => attempt.status),
		['ERROR', 'PASS'],
	);
	t.is(result?.status, 'PASS');
});

const builds = [
	{
		what: 'a build of modules',
		path: 'fs/cachefiles/volume.c',
		edit: (text: string) => text + plantedData(),
		// In the command line of the make that builds, and of none other.
		building: 'fs/cachefiles/cachefiles.ko\0',
		differ: ['cachefiles'],
	},
	{
		what: 'a whole build',
		path: 'fs/cachefiles/Makefile',
		edit: (text: string) => `${text}# ${unique()}\n`,
		building: 'vmlinux\0modules\0',
		differ: [],
	},
];

for (const { what, path, edit, building, differ } of builds)
	test.serial(`SIGKILL in the middle of ${what} leaves no make, and the next build goes on to the same kernel`, async (t) => {
		const kernels = async (args: readonly string[]) => {
			const { stdout, stderr, exitCode } = await crucible(['build', '--json', ...args]);
			t.is(exitCode, 0, stderr);
			return (JSON.parse(stdout) as { id: string; identity: { hashes: { vmlinux: string; modules: Record<string, string> } } }[])[0];
		};
		// So that nothing but the patch is left to be built.
		await kernels(['--patch', await freshPatch(t, 'before', 'fs/cachefiles/volume.c', (text) => text + plantedData())]);
		const patch = await freshPatch(t, 'killed', path, edit);
		const child = execa(join(checkout.top, 'crucible'), ['build', '--patch', patch], { reject: false, cwd: checkout.top, stdin: 'ignore' });
		await poll(async () => (await processesWith(building)).length > 0, { ms: 120_000, everyMs: 5, what: 'make' });
		process.kill(child.pid ?? 0, 'SIGKILL');
		t.is((await child).signal, 'SIGKILL');
		await poll(async () => (await processesWith(building)).length === 0, { ms: 30_000, what: 'make to be gone' });
		const patched = await kernels(['--patch', patch]);
		const plain = await kernels([]);
		t.is(patched?.identity.hashes.vmlinux, plain?.identity.hashes.vmlinux, 'a module’s patch leaves vmlinux alone');
		const modules = Object.entries(plain?.identity.hashes.modules ?? {});
		const differing = modules.filter(([name, hash]) => patched?.identity.hashes.modules[name] !== hash);
		t.deepEqual(
			differing.map(([name]) => name),
			differ,
		);
	});

/** QEMUs of the newest run. */
async function qemuPids(): Promise<number[]> {
	const { id } = await findRun(checkout.results, 'latest');
	const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
	const found = await Promise.all(
		pids.map(async (pid) => {
			const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
			return line.startsWith('qemu-system') && line.includes(id) ? Number(pid) : undefined;
		}),
	);
	return found.filter((pid) => pid !== undefined);
}
