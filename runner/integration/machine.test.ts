import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import anyTest, { type TestFn } from 'ava';
import { withDeadline } from '../util/deadline.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { Agent } from '../vm/agent.ts';
import { diagnoseHang } from '../vm/hang.ts';
import { guestEnv as env, Machine } from '../vm/machine.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { connectSocket } from '../vm/socket.ts';
import { openShell, sshExec } from '../vm/ssh.ts';
import { testKernel } from './test-kernel.ts';

const test = anyTest.serial as TestFn<{ dir: string }>;

let spec: MachineSpec;

test.before(async () => {
	const { kernel, initrd } = await testKernel();
	spec = { kernel, initrd, cpus: 2, memoryMiB: 1024, accel: 'tcg' };
});

test.beforeEach(async (t) => {
	t.timeout(300_000);
	t.context.dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
});

test.afterEach.always((t) => rm(t.context.dir, { recursive: true, force: true }));

const sh = (script: string) => ({ argv: ['/bin/sh', '-c', script], env });
const isRunning = (pid: number) => exists(`/proc/${pid}`);

test('a machine boots, works, tells a hanging test from a hanging kernel, and a panic ends it', async (t) => {
	const { dir } = t.context;
	await using machine = await Machine.start(spec, { dir, timeoutScale: 4 });
	const { agent, qmp, console, results } = machine;

	t.regex((await machine.exec({ argv: ['uname', '-s'], env })).stdout, /^Linux$/m);
	const content = Buffer.alloc(10 * 1024 * 1024, 'netfs');
	const begun = performance.now();
	await agent.push('/tmp/content', content);
	t.log(`push: ${(10 / ((performance.now() - begun) / 1_000)).toFixed(1)} MiB/s`);
	t.true((await agent.pull('/tmp/content')).equals(content));

	const first = join(dir, 'first');
	await machine.record(first);
	await machine.mark('in the first case');
	const ktap = await machine.exec({ ...sh('echo KTAP version 1; echo 1..1; echo ok 1 a'), stdoutTo: 'results' });
	t.is(ktap.stdout, '');
	const second = join(dir, 'second');
	await machine.record(second);
	await machine.mark('in the second case');
	t.is(await readFile(join(first, 'ktap.txt'), 'utf8'), 'KTAP version 1\n1..1\nok 1 a\n');
	t.regex(await readFile(join(first, 'console.log'), 'utf8'), /in the first case/);
	t.notRegex(await readFile(join(first, 'console.log'), 'utf8'), /in the second case/);
	t.is(results.bytes, ktap.resultsBytes);

	await machine.exec(sh('echo traced >/dev/virtio-ports/crucible.trace'));
	await machine.trace.waitForBytes(7, 10_000, 'the trace');

	t.like(await sshExec(machine, 'id -u; echo err >&2; exit 3'), { stdout: '0\n', stderr: 'err\n', exitCode: 3 });
	const stdin = new PassThrough();
	const stdout = Object.assign(new PassThrough(), { columns: 100, rows: 33 });
	const shown = text(stdout);
	stdin.write('stty size; exit 5\n');
	t.is(await openShell(machine, { stdin, stdout }), 5);
	stdout.end();
	t.regex(await shown, /33 100/);

	const stuck = machine.exec({ ...sh('sleep 1000'), timeoutMs: 60_000 });
	stuck.catch(() => {});
	const inTest = await diagnoseHang(machine);
	t.is(inTest.kind, 'test');
	t.true(inTest.console.some((line) => line.includes('sysrq: Show Blocked State')));

	await qmp.execute('stop');
	const inKernel = await diagnoseHang(machine);
	t.is(inKernel.kind, 'kernel');
	t.regex(inKernel.detail, /^the kernel hangs: its agent was silent for 20 s; CPU 0 at [0-9a-f]{16}.*QEMU says the machine is paused$/);
	t.is(inKernel.cpus.length, 2);
	await qmp.execute('cont');
	await machine.watch(() => agent.ping(60_000));

	const crash = machine.exec(sh('echo c >/proc/sysrq-trigger'));
	const error = await t.throwsAsync(crash, { instanceOf: GuestEnded });
	t.like(error.exit, { reason: 'panic', detail: 'the kernel panicked: sysrq triggered crash' });
	t.true(console.tail().some((line) => line.includes('Kernel panic - not syncing: sysrq triggered crash')));
	await t.throwsAsync(stuck, { instanceOf: GuestEnded });
	t.is((await machine.exited).reason, 'panic');
	t.is((await diagnoseHang(machine)).kind, 'ended');
	t.false(await isRunning(machine.pid));
});

test('an agent that is killed is our loss, not a hang; the machine can still be ended', async (t) => {
	const { dir } = t.context;
	const machine = await Machine.start(spec, { dir, timeoutScale: 4 });
	const killing = machine.exec(sh('kill -9 $(pidof agent)'));
	await t.throwsAsync(killing, { instanceOf: InfraError, message: 'the guest agent is lost: it ended, or closed its port' });
	t.true(await isRunning(machine.pid));
	await machine[Symbol.asyncDispose]();
	t.false(await isRunning(machine.pid));
	t.is((await machine.exited).reason, 'quit');
});

test('a host that comes back finds an agent at rest', async (t) => {
	const { dir } = t.context;
	await using machine = await Machine.start(spec, { dir, timeoutScale: 4 });
	const [, path = ''] = /id=agent,path=([^,]+)/.exec(await readFile(join(dir, 'qemu.args'), 'utf8')) ?? [];
	const running = machine.agent.exec(sh('sleep 1000'));
	await machine.agent.ping(20_000);
	machine.agent.close('the host goes away');
	await t.throwsAsync(running, { instanceOf: InfraError });
	for (let round = 0; round < 20; round++) {
		using agent = new Agent(await connectSocket(path, { ms: 5_000 }));
		await withDeadline(once(agent, 'hello'), 20_000, `the agent's hello in round ${round}`);
		t.is((await agent.exec(sh('pgrep sleep'))).stdout, '');
		void agent.exec(sh('sleep 1000')).catch(() => {});
		await agent.ping(20_000);
	}
});

test('a QEMU that somebody kills is our loss', async (t) => {
	const { dir } = t.context;
	await using machine = await Machine.start(spec, { dir, timeoutScale: 4 });
	const running = machine.exec(sh('sleep 1000'));
	process.kill(machine.pid, 'SIGKILL');
	await t.throwsAsync(running, { instanceOf: InfraError, message: 'QEMU was ended by SIGKILL from outside' });
	t.is((await machine.exited).reason, 'killed');
});

test('a kernel that panics while it boots is a KernelError with the last console lines', async (t) => {
	const { dir } = t.context;
	const error = await t.throwsAsync(Machine.start({ ...spec, cmdline: 'rdinit=/nowhere root=/dev/none' }, { dir, timeoutScale: 4 }), {
		instanceOf: KernelError,
	});
	t.is(error.stage, 'boot');
	t.regex(error.message, /^the kernel does not come up: the kernel panicked: /);
	t.true(error.log.some((line) => line.includes('Kernel panic')));
	t.regex(await readFile(join(dir, 'console.log'), 'utf8'), /Kernel panic - not syncing/);
});

test('a kernel that is silent until the deadline is a KernelError, and nothing of the machine stays', async (t) => {
	const { dir } = t.context;
	await t.throwsAsync(Machine.start(spec, { dir, bootTimeoutMs: 100 }), {
		instanceOf: KernelError,
		message: 'the kernel does not come up: waited 0.1 s for the guest agent',
	});
	const sockets = (await readdir(tmpdir())).filter((name) => name.startsWith(`crucible-${process.pid}-`));
	t.deepEqual(sockets, []);
});

test('an abort while booting throws its reason', async (t) => {
	const { dir } = t.context;
	const controller = new AbortController();
	const booting = Machine.start(spec, { dir, signal: controller.signal, onConsole: () => controller.abort(new Error('enough')) });
	await t.throwsAsync(booting, { message: 'enough' });
});

test("a QEMU that cannot start is our loss, in QEMU's words", async (t) => {
	const { dir } = t.context;
	await t.throwsAsync(Machine.start({ ...spec, kernel: '/nowhere/vmlinux' }, { dir }), {
		instanceOf: InfraError,
		message: /\/nowhere\/vmlinux/,
	});
});
