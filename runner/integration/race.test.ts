import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { type Played, startRace } from '../race/player.ts';
import { scheduleSchema } from '../race/schedule.ts';
import { UserError } from '../util/errors.ts';
import { hashFile } from '../util/hash.ts';
import { guestEnv as env, Machine } from '../vm/machine.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { openTemplate, type Template } from '../vm/template.ts';
import { templatePaths } from '../vm/template-place.ts';
import { testKernel } from './test-kernel.ts';

/** Two programs in one or two folders of a tmpfs; vfs_mkdir runs with the folder's lock held, and do_rmdir wants it. */
const actors = { maker: { cpu: 1, task: 'mkdir' }, remover: { cpu: 2, task: 'rmdir' } };

// The template is made without a gdb stub on QEMU's line, as every template is.
const test = anyTest.serial as TestFn<{ dir: string; machine: Machine }>;
let spec: MachineSpec;
let template: Template;
let cacheDir = '';

test.before(async () => {
	const { kernel, initrd } = await testKernel();
	spec = { kernel, initrd, cpus: 4, memoryMiB: 768, accel: 'tcg' };
	cacheDir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	const hashes = { kernelHash: await hashFile(kernel), initrdHash: await hashFile(initrd) };
	const opened = await openTemplate(spec, { cacheDir, ...hashes, timeoutScale: 4 });
	if (opened.way === 'cold') throw new Error(opened.why);
	template = opened.template;
});

test.after.always(async () => {
	await template[Symbol.asyncDispose]();
	for (const path of [...templatePaths(cacheDir), cacheDir]) await rm(path, { recursive: true, force: true });
});

test.beforeEach(async (t) => {
	t.timeout(300_000);
	t.context.dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.context.machine = await Machine.start(spec, { dir: t.context.dir, timeoutScale: 4, template });
});

test.afterEach.always(async (t) => {
	await t.context.machine[Symbol.asyncDispose]();
	await rm(t.context.dir, { recursive: true, force: true });
});

async function play(machine: Machine, schedule: object, script: string): Promise<{ played: Played; stdout: string }> {
	const signal = AbortSignal.timeout(120_000);
	const race = await startRace(
		machine,
		scheduleSchema.parse({ actors, ...schedule }),
		{ vmlinux: spec.kernel, modules: new Map() },
		signal,
	);
	const { stdout } = await machine.exec({ argv: ['/bin/sh', '-c', script], env, timeoutMs: 60_000 });
	return { played: await race.finish(), stdout };
}

// The remover begins when the maker is held, and no sooner.
const both = `mkdir -p /tmp/one /tmp/two/b
taskset -c 1 mkdir /tmp/one/a &
taskset -c 2 sh -c 'until [ -e /run/race/1 ]; do :; done; [ -e /tmp/one/a ] || echo not yet; exec rmdir /tmp/two/b' &
wait
ls /tmp/one /tmp/two`;

test('a task is held where it is, while another one runs on, and the point that ends it is proved', async (t) => {
	const { machine } = t.context;
	const { played, stdout } = await play(
		machine,
		{ play: [{ when: 'maker reaches vfs_mkdir', hold: 'maker', until: 'remover leaves do_rmdir' }] },
		both,
	);
	const [step] = played.steps;
	t.like(step, { outcome: 'kept', cpu: 1, task: 'mkdir', releasedBy: 'remover leaves do_rmdir' });
	t.is(stdout, 'not yet\n/tmp/one:\na\n\n/tmp/two:\n');
	t.true((played.guestMs[0] ?? -1) >= 0);
	t.is((await machine.exec({ argv: ['uname'], env })).stdout, 'Linux\n', 'the machine goes on without the stub');
});

test('a schedule that cannot happen is given up, and tells where each CPU stood and who waits for whom', async (t) => {
	const { machine } = t.context;
	const oneFolder = both.replaceAll('/tmp/two', '/tmp/one');
	const { played, stdout } = await play(
		machine,
		{ deadline: 3, play: [{ when: 'maker reaches vfs_mkdir', hold: 'maker', until: 'remover leaves do_rmdir' }] },
		oneFolder,
	);
	const [step] = played.steps;
	t.like(step, { outcome: 'given up', releasedBy: 'its deadline of 3 s' });
	const stood = step?.stood?.join('\n') ?? '';
	t.regex(stood, /^CPU 1 mkdir at vfs_mkdir\+0x0 \(held\)$/m);
	t.regex(stood, /^remover (?:sleeps or has not begun|spins)/m);
	t.regex(stdout, /\ba\n/, 'afterwards all went on');
});

test('several CPUs are held at once, by mark, by time and by release', async (t) => {
	const { machine } = t.context;
	const { played } = await play(
		machine,
		{
			play: [
				{ when: 'maker reaches do_mkdirat', hold: 'maker', after: 'mark made' },
				{ when: 'remover reaches do_rmdir+0x5', hold: 'remover', until: 'after 300 ms' },
				{ when: 'remover leaves do_rmdir', release: 'maker' },
				{ when: 'anyone reaches do_mkdirat where arg1 == 12345' },
			],
		},
		`mkdir -p /tmp/one/b
echo made >/sys/kernel/tracing/trace_marker
taskset -c 1 mkdir /tmp/one/a &
taskset -c 2 rmdir /tmp/one/b &
wait`,
	);
	t.deepEqual(
		played.steps.map(({ outcome }) => outcome),
		['kept', 'kept', 'kept', 'never came'],
	);
	const [maker, remover] = played.steps;
	t.is(maker?.releasedBy, 'remover leaves do_rmdir');
	t.true((remover?.endedMs ?? 0) - (remover?.beganMs ?? 0) >= 300);
});

test('two CPUs that come to one function at the same moment are both seen', async (t) => {
	const { machine } = t.context;
	const rounds = 40;
	const loop = `n=0; while [ $((n += 1)) -le ${rounds} ]; do mkdir /tmp/one/$0-$n; done`;
	const { played, stdout } = await play(
		machine,
		{
			play: [
				{ when: `one leaves do_mkdirat, ${rounds}th time` },
				{ when: `two leaves do_mkdirat, ${rounds}th time` },
				{ when: `one reaches do_mkdirat, ${rounds + 1}th time` },
			],
			actors: { one: { cpu: 1 }, two: { cpu: 2 } },
		},
		`mkdir -p /tmp/one; taskset -c 1 sh -c '${loop}' x & taskset -c 2 sh -c '${loop}' y & wait; ls /tmp/one | wc -l`,
	);
	t.is(stdout, `${2 * rounds}\n`);
	t.deepEqual(
		played.steps.map(({ outcome }) => outcome),
		['kept', 'kept', 'never came'],
	);
});

test('the guest’s jiffies leap at a mark, and its clock does not', async (t) => {
	const { machine } = t.context;
	const { played, stdout } = await play(
		machine,
		{ play: [{ when: 'mark now', leap: 600 }] },
		`jiffies() { awk '$1 == "jiffies:" { print $2; exit }' /proc/timer_list; }
before=$(jiffies); began=$(date +%s)
echo now >/sys/kernel/tracing/trace_marker
echo $(($(jiffies) - before)) $(($(date +%s) - began))`,
	);
	t.is(played.steps[0]?.outcome, 'kept');
	const [ticks = 0, seconds = 0] = stdout.split(' ').map(Number);
	// HZ is 100 at least.
	t.true(ticks >= 600 * 100, stdout);
	t.true(seconds < 300, stdout);
});

test('a machine plays one race after another', async (t) => {
	const { machine } = t.context;
	for (const round of ['a', 'b', 'c']) {
		const script = `taskset -c 1 mkdir /tmp/${round}`;
		const { played } = await play(machine, { play: [{ when: 'maker reaches vfs_mkdir', hold: 'maker', until: 'after 20 ms' }] }, script);
		t.is(played.steps[0]?.outcome, 'kept', round);
	}
});

test('a function that is not there is told before anything runs', async (t) => {
	const { machine } = t.context;
	const error = await t.throwsAsync(play(machine, { play: [{ when: 'maker reaches vfs_mkdirs' }] }, 'true'), { instanceOf: UserError });
	t.is(error.message, 'there is no function vfs_mkdirs in the kernel or its loaded modules');
	t.regex(error.hint ?? '', /vfs_mkdir\b/);
	t.is((await machine.exec({ argv: ['uname'], env })).stdout, 'Linux\n');
});

test('a guest that panics while a CPU is held ends the play', async (t) => {
	const { machine } = t.context;
	const schedule = scheduleSchema.parse({ actors, play: [{ when: 'maker reaches vfs_mkdir', hold: 'maker', until: 'mark never' }] });
	const signal = AbortSignal.timeout(120_000);
	const race = await startRace(machine, schedule, { vmlinux: spec.kernel, modules: new Map() }, signal);
	const script = 'mkdir /tmp/one; taskset -c 1 mkdir /tmp/one/a & while [ ! -d /proc/$!/task ]; do :; done; echo c >/proc/sysrq-trigger';
	await t.throwsAsync(machine.exec({ argv: ['/bin/sh', '-c', script], env, timeoutMs: 60_000 }), { instanceOf: GuestEnded });
	const { steps } = await race.finish();
	t.true(steps[0]?.outcome === 'cut short' || steps[0]?.outcome === 'never came');
});
