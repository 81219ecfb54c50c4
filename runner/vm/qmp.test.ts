import { once } from 'node:events';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { startQemu } from './launch.ts';
import { makePrivateDir, type PrivateDir } from './private-dir.ts';
import { Qmp, QmpError } from './qmp.ts';
import { connectSocket } from './socket.ts';

const test = anyTest as TestFn<{ qmp: Qmp; child: ReturnType<typeof startQemu>; dir: PrivateDir }>;

// QEMU itself answers: no guest runs, so this takes no time.
test.beforeEach(async (t) => {
	const dir = await makePrivateDir();
	const path = join(dir.path, 'qmp');
	const child = startQemu(['-S', '-nodefaults', '-display', 'none', '-machine', 'none', '-qmp', `unix:${path},server=on,wait=off`]);
	t.context = { child, dir, qmp: await Qmp.connect(await connectSocket(path, { ms: 10_000 })) };
});

test.afterEach.always(async (t) => {
	t.context.qmp[Symbol.dispose]();
	t.context.child.kill('SIGKILL');
	await t.context.child;
	await t.context.dir[Symbol.asyncDispose]();
});

test('a command is answered, and many at once keep their answers apart', async (t) => {
	const { qmp } = t.context;
	const [status, version, names] = await Promise.all([qmp.execute('query-status'), qmp.execute('query-version'), qmp.monitor('info name')]);
	t.like(status, { running: false });
	t.truthy((version as { qemu: unknown }).qemu);
	t.is(typeof names, 'string');
});

test('a refusal names the command and carries the class', async (t) => {
	const error = await t.throwsAsync(t.context.qmp.execute('no-such-command'), { instanceOf: QmpError });
	t.is(error.class, 'CommandNotFound');
	t.regex(error.message, /^QEMU refused no-such-command: /);
});

test('an event can be waited for, with a deadline that names it', async (t) => {
	const { qmp } = t.context;
	const resumed = qmp.waitForEvent(({ event }) => event === 'RESUME', 5_000, 'the machine to run');
	await qmp.execute('cont');
	t.is((await resumed).event, 'RESUME');
	await t.throwsAsync(
		qmp.waitForEvent(({ event }) => event === 'NEVER', 10, 'what never comes'),
		{ message: 'waited 0.0 s for what never comes' },
	);
});

test('when QEMU is killed, waits end at once', async (t) => {
	const { qmp, child } = t.context;
	const closed = once(qmp, 'closed');
	const waiting = qmp.waitForEvent(({ event }) => event === 'NEVER', 60_000, 'what never comes');
	child.kill('SIGKILL');
	await t.throwsAsync(waiting, { message: 'QEMU ended while we waited for what never comes' });
	await closed;
	await t.throwsAsync(qmp.execute('query-status'), { message: 'QEMU ended while we waited for the answer to query-status' });
});
