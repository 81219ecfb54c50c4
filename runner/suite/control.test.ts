/** The control socket of the daemons under test (suites/lib/control), as ninepd has it, on this machine. */

import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { compileProgram } from '../image/program.ts';
import { exec } from '../util/exec.ts';
import { loadSuites, programsOf } from './load.ts';

/** Tversion with tag ~0, msize 8192, `9P2000.L`; size[4] type[1] tag[2] msize[4] version[s]. */
const versionRequest = Buffer.from('15000000 64 ffff 00200000 0800 395032303030 2e4c'.replaceAll(' ', ''), 'hex');

/** `control.h`: as many clients at once, and as long a line. */
const [clients, lineBytes] = [16, 512];

async function ninepd(t: ExecutionContext) {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-control-'));
	const suite = (await loadSuites(checkout.suites)).find(({ name }) => name === 'ninep-misbehave');
	const sources = suite && programsOf(suite).find(({ name }) => name === 'ninepd')?.sources;
	const program = await compileProgram(sources ?? [], 'ninepd', dir);
	const [root, socket, control] = ['root', 'socket', 'control'].map((name) => join(dir, name)) as [string, string, string];
	await mkdir(root);
	const server = execa(program, ['--root', root, '--socket', socket, '--control', control, '--ready-fd', '1'], {
		reject: false,
		stdin: 'ignore',
	});
	t.teardown(async () => {
		server.kill('SIGKILL');
		await server;
		await rm(dir, { recursive: true });
	});
	await once(server.stdout, 'data');
	const ctl = async (...args: string[]) => {
		const { exitCode, stdout, stderr } = await exec(program, ['--ctl', control, ...args], { allowFailure: true });
		return exitCode === 0 ? stdout : `${exitCode} ${stderr.replace(/^ninepd\S*: /, '')}`;
	};
	const dial = async (path: string): Promise<Socket> => {
		const client = connect(path);
		t.teardown(() => client.destroy());
		await once(client, 'connect');
		return client;
	};
	return { server, ctl, dial, socket, control };
}

test('counts are read and waited for, and an order holds an answer until it is released', async (t) => {
	const { server, ctl, dial, socket } = await ninepd(t);
	t.is(await ctl('get', 'version'), '0');
	t.is(await ctl('order', 'after-version', 'hold'), '1');
	const waits = ctl('wait', 'version', '1');
	const mount = await dial(socket);
	mount.write(versionRequest);
	t.is(await waits, '1');
	t.is(await ctl('get', 'fired', '1'), '1');
	t.is(await ctl('get', 'held'), '1');
	t.is(mount.bytesRead, 0);
	const answered = once(mount, 'data');
	t.is(await ctl('release', '1'), '1');
	t.is(((await answered) as [Buffer])[0].readUInt8(4), 101, 'Rversion');
	t.is(await ctl('release', '1'), '1 error order 1 holds nothing');
	t.is(await ctl('quit'), '');
	t.is((await server).exitCode, 0);
});

test('what is not understood, does not come or does not fit is refused, and the daemon goes on', async (t) => {
	const { server, ctl, dial, control } = await ninepd(t);
	const problems = {
		'get rubbish': 'error no count is called rubbish',
		'wait rubbish 1': 'error no count is called rubbish',
		'wait version': 'error not understood: wait',
		'order before-version fly': 'error no such action there: before-version fly',
		'order version hold': 'error an order begins with before-TYPE or after-TYPE: version hold',
		'release 7': 'error order 7 holds nothing',
		rubbish: 'error not understood: rubbish',
		'--deadline 1 wait version 1': 'no answer within 1 s',
	};
	for (const [command, problem] of Object.entries(problems)) t.is(await ctl(...command.split(' ')), `1 ${problem}`, command);

	t.is(await ctl('x'.repeat(lineBytes)), '1 a command has less than 512 bytes');
	const long = await dial(control);
	long.write('x'.repeat(lineBytes - 1));
	await once(long.resume(), 'close');

	const crowd = await Promise.all(Array.from({ length: clients }, () => dial(control)));
	t.is(await ctl('get', 'version'), '1 the daemon hung up before it answered');
	crowd[0]?.end('get version\n');
	t.is(String((await once(crowd[0] ?? t.fail(), 'data'))[0]), 'ok 0\n');
	for (const client of crowd) client.destroy();
	t.is(await ctl('quit'), '');
	const { exitCode, stderr } = await server;
	t.is(exitCode, 0);
	t.regex(stderr, /^ninepd\S*: a client more than 16 was turned away$/);
});
