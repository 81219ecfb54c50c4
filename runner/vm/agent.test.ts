import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { poll } from '../util/deadline.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { GuestError } from './agent.ts';
import { type AgentBed, withAgent } from './agent-bed.ts';
import { encodeFrame, encodeRenewal, request, windowBytes } from './frames.ts';

const test = anyTest as TestFn<AgentBed>;
const env = { PATH: '/usr/bin:/bin' };
const sh = (script: string) => ({ argv: ['sh', '-c', script], env });

withAgent(test);

test('a program gives its output, error output and exit code', async (t) => {
	const result = await t.context.agent.exec({
		...sh('echo out; echo err >&2; pwd; echo $A; exit 7'),
		cwd: '/usr',
		env: { ...env, A: 'b c' },
	});
	t.like(result, { exitCode: 7, stdout: 'out\n/usr\nb c\n', stderr: 'err\n', timedOut: false, truncated: false });
	t.is(result.signal, undefined);
});

test('a ping is answered with the uptime', async (t) => {
	const first = await t.context.agent.ping(5_000);
	t.true((await t.context.agent.ping(5_000)) > first);
});

test('the end by a signal is told', async (t) => {
	t.like(await t.context.agent.exec(sh('kill -SEGV $$')), { exitCode: -1, signal: 11 });
});

test('stdin of any size goes through and ends', async (t) => {
	const input = Buffer.alloc(3 * 1024 * 1024, 'fscache ');
	const result = await t.context.agent.exec({ argv: ['cat'], env, stdin: input });
	t.true(Buffer.from(result.stdout).equals(input));
});

test('a program that does not read its stdin holds up nobody', async (t) => {
	const { agent } = t.context;
	const stuck = agent.exec({ argv: ['sleep', '60'], env, stdin: Buffer.alloc(2 * 1024 * 1024), timeoutMs: 300 });
	t.is((await agent.exec({ argv: ['echo', 'hello'], env })).stdout, 'hello\n');
	t.like(await stuck, { signal: 15, timedOut: true });
});

test('a time limit ends the whole process group, by force when TERM is ignored', async (t) => {
	const result = await t.context.agent.exec({
		...sh('trap "" TERM; echo started; while :; do sleep 60; done'),
		timeoutMs: 200,
		killAfterMs: 100,
	});
	t.like(result, { signal: 9, stdout: 'started\n', timedOut: true });
});

test('a program that outlives SIGKILL is given up as stuck', async (t) => {
	const { agent, pid } = t.context;
	process.kill(pid ?? 0, 'SIGSTOP');
	const result = await agent.exec({ ...sh('sleep 60'), timeoutMs: 10, killAfterMs: 10, stuckAfterMs: 10 });
	await t.throwsAsync(agent.ping(20), { message: 'waited 0.0 s for an answer of the guest agent' });
	process.kill(pid ?? 0, 'SIGCONT');
	t.like(result, { exitCode: -1, timedOut: true, isStuck: true });
});

test('an abort kills the program and throws its reason', async (t) => {
	const controller = new AbortController();
	const running = t.context.agent.exec({
		...sh('echo started; exec sleep 60'),
		signal: controller.signal,
		onStdout: () => controller.abort(new Error('enough')),
	});
	await t.throwsAsync(running, { message: 'enough' });
});

test('a program that is not there is an error with its errno', async (t) => {
	const error = await t.throwsAsync(t.context.agent.exec({ argv: ['/nowhere/program'], env }), { instanceOf: GuestError });
	t.is(error.errno, 2);
	t.is(error.message, '/nowhere/program: No such file or directory');
	await t.throwsAsync(t.context.agent.exec({ argv: ['true'], env, cwd: '/nowhere' }), { instanceOf: GuestError });
});

test('a daemon that keeps the pipes does not keep the program from ending, and gets no SIGPIPE', async (t) => {
	const { agent, dir } = t.context;
	await exec('mkfifo', [join(dir, 'go')]);
	const result = await agent.exec({ ...sh(`(read line <${dir}/go; echo late && echo wrote >${dir}/done) & echo started`) });
	t.is(result.stdout, 'started\n');
	await agent.exec(sh(`echo go >${dir}/go; until [ -s ${dir}/done ]; do sleep 0.01; done`));
	t.is(await readFile(join(dir, 'done'), 'utf8'), 'wrote\n');
});

/** Pids of the agent's children by name. */
async function children(pid: number | undefined): Promise<Map<string, number>> {
	const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
	const names = await Promise.all(pids.map((child) => readFile(`/proc/${child}/comm`, 'utf8')));
	return new Map(pids.map((child, at) => [names[at]?.trim() ?? '', Number(child)]));
}

for (const [how, options, expected] of [
	['without stdin', { ...sh('echo $$; pwd; echo $A; cat; echo err >&2; exit 3') }, { stderr: 'err\n', rest: '/usr\nb c\n' }],
	['with stdin', { ...sh('echo $$; cat'), stdin: 'input' }, { stderr: '', rest: 'input' }],
	['with its error output among the other', { ...sh('echo $$; echo err >&2'), mergeStderr: true }, { stderr: '', rest: 'err\n' }],
] as const) {
	test(`the first program after getting ready is a child that was there before, ${how}`, async (t) => {
		const { agent, pid } = t.context;
		await agent.getReady(5_000);
		const ready = await children(pid);
		t.deepEqual([...ready.keys()].sort(), ['agent', 'true']);
		const { stdout, stderr } = await agent.exec({ ...options, cwd: '/usr', env: { ...env, A: 'b c' } });
		t.is(stdout, `${ready.get('agent')}\n${expected.rest}`);
		t.is(stderr, expected.stderr);
		t.not((await agent.exec(sh('echo $$'))).stdout, `${ready.get('agent')}\n`);
	});
}

test('a spare child that somebody killed, or that gets too much, is not used', async (t) => {
	const { agent, pid } = t.context;
	for (const argument of ['', 'x'.repeat(40_000)]) {
		await agent.getReady(5_000);
		const spare = (await children(pid)).get('agent');
		if (argument === '') {
			process.kill(spare ?? 0, 'SIGKILL');
			await poll(async () => !(await exists(`/proc/${spare}`)), { ms: 5_000, what: 'the end of the spare child' });
		}
		const { stdout } = await agent.exec({ argv: ['sh', '-c', 'echo $$ "$#"', 'sh', argument], env });
		t.regex(stdout, /^\d+ 1\n$/);
		t.not(stdout, `${spare} 1\n`);
	}
	await t.throwsAsync(agent.exec({ argv: ['/nowhere/program'], env }), { message: '/nowhere/program: No such file or directory' });
});

test('what is ready ends with the agent', async (t) => {
	const { agent, pid, ended } = t.context;
	await agent.getReady(5_000);
	const ready = await children(pid);
	agent.close('it was told to');
	await ended;
	for (const child of ready.values()) await poll(async () => !(await exists(`/proc/${child}`)), { ms: 5_000, what: `the end of ${child}` });
	t.pass();
});

test('many programs run at once and do not mix their output', async (t) => {
	const numbers = Array.from({ length: 40 }, (_, n) => n);
	const results = await Promise.all(numbers.map((n) => t.context.agent.exec(sh(`head -c 100000 /dev/zero | tr '\\0' '${n % 10}'`))));
	for (const n of numbers) t.is(results[n]?.stdout, String(n % 10).repeat(100_000));
});

test('output past the limit is dropped and said to be', async (t) => {
	const result = await t.context.agent.exec({ ...sh('head -c 5000000 /dev/zero'), maxOutputBytes: 1_000 });
	t.is(result.stdout.length, 1_000);
	t.true(result.truncated);
});

test('a host that does not read holds the program back instead of filling memory', async (t) => {
	const { agent, port, pid } = t.context;
	const running = agent.exec({ argv: ['head', '-c', '20000000', '/dev/zero'], env, maxOutputBytes: 0 });
	port.pause();
	const child = await poll(async () => (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim(), {
		ms: 5_000,
		what: 'the program',
	});
	// "7391 (head) S 7390 ..."
	const isBlocked = async () => / \(head\) S /.test(await readFile(`/proc/${child}/stat`, 'utf8'));
	await poll(isBlocked, { ms: 5_000, what: 'the program to block' });
	const [, rss] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
	t.true(Number(rss) < 8_192);
	port.resume();
	t.is((await running).exitCode, 0);
});

test('stdout can go to the results port, and its length is told', async (t) => {
	const { agent, results } = t.context;
	const chunks: Buffer[] = [];
	results.on('data', (chunk: Buffer) => chunks.push(chunk));
	const result = await agent.exec({ ...sh('echo "ok 1 a"; echo note >&2'), stdoutTo: 'results' });
	t.like(result, { stdout: '', stderr: 'note\n', resultsBytes: 7 });
	while (Buffer.concat(chunks).length < 7) await once(results, 'data');
	t.is(Buffer.concat(chunks).toString(), 'ok 1 a\n');
});

test('programs are killed and requests end when the connection does', async (t) => {
	const { agent, ended } = t.context;
	const running = agent.exec(sh('sleep 60'));
	await agent.ping(5_000);
	agent.close('it was told to');
	await t.throwsAsync(running, { message: 'the guest agent is lost: it was told to' });
	await t.throwsAsync(agent.ping(1_000), { message: /is lost/ });
	await ended;
});

test('a frame that is too large is refused and the stream goes on', async (t) => {
	const { agent, port } = t.context;
	port.write(encodeFrame(request.stdin, 99, Buffer.alloc(windowBytes + 1_000)));
	t.is(typeof (await agent.ping(5_000)), 'bigint');
});

test('a renewal changes nothing on a host', async (t) => {
	const { agent, port } = t.context;
	const renewal = encodeRenewal(1_000.5, Buffer.alloc(32, 7));
	const hello = once(agent, 'hello');
	port.write(encodeFrame(request.start, 0, renewal));
	t.deepEqual(await hello, [1]);
	t.true(Date.now() > 1_000_000);
});
