import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { poll } from '../util/deadline.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { type Make, runMake } from './make.ts';

// `slow` records its own pid and would run for ten minutes, were it not stopped.
const makefile = `
good:
	@echo '  CC      fs/x.o'
	@echo "$(CC) $$KBUILD_BUILD_USER $$GONE" > $(O)/seen
bad:
	@echo 'fs/y.c:1:1: warning: nothing' >&2
	@echo "$(CURDIR)/fs/x.c:3:5: error: 'foo' undeclared" >&2; exit 1
full:
	@echo 'cc1: fatal error: x.o: No space left on device' >&2; exit 1
slow:
	@echo '  CC      fs/slow.o'
	@sh -c 'echo $$$$ > $(O)/pid.aside; mv $(O)/pid.aside $(O)/pid; exec sleep 600'
`;

async function setUp(t: { teardown(work: () => Promise<void>): void }, more: Partial<Make> = {}): Promise<Make> {
	const home = await mkdtemp(join(tmpdir(), 'crucible-make-'));
	t.teardown(() => rm(home, { recursive: true }));
	await writeFile(join(home, 'Makefile'), makefile);
	return {
		tree: home,
		output: join(home, 'out'),
		variables: ['CC=ccache gcc'],
		env: { KBUILD_BUILD_USER: 'crucible', GONE: undefined },
		jobs: 2,
		...more,
	};
}

async function isAlive(pid: number): Promise<boolean> {
	const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	return state !== '' && !/\) [ZX] /.test(state);
}

async function pidOf(output: string): Promise<number> {
	const file = join(output, 'pid');
	await poll(() => exists(file), { ms: 10_000, what: 'make to be at work' });
	return Number(await readFile(file, 'utf8'));
}

test('steps are told, variables and environment arrive', async (t) => {
	const steps: string[] = [];
	const make = await setUp(t, { onStep: ({ verb, target }) => steps.push(`${verb} ${target}`) });
	await runMake(make, ['good']);
	t.deepEqual(steps, ['CC fs/x.o']);
	t.is(await readFile(join(make.output, 'seen'), 'utf8'), 'ccache gcc crucible \n');
});

test("a failure is a KernelError with the compiler's lines, paths below the tree", async (t) => {
	const make = await setUp(t);
	const error = await t.throwsAsync(() => runMake(make, ['bad']), { instanceOf: KernelError });
	t.is(error?.message, "fs/x.c:3:5: error: 'foo' undeclared");
	t.deepEqual(error?.log, ["fs/x.c:3:5: error: 'foo' undeclared"]);
});

test('a full disk is our side', async (t) => {
	const make = await setUp(t);
	await t.throwsAsync(() => runMake(make, ['full']), { instanceOf: InfraError, message: /No space left/ });
});

test('an abort ends everything that make started', async (t) => {
	const abort = new AbortController();
	const make = await setUp(t, { signal: abort.signal });
	const running = runMake(make, ['slow']);
	const pid = await pidOf(make.output);
	abort.abort(new Error('enough'));
	await t.throwsAsync(running, { message: 'enough' });
	await poll(async () => !(await isAlive(pid)), { ms: 5_000, what: 'the compiler to end' });
	t.pass();
});

test('when we are killed, everything that make started ends, and who comes next waits for it', async (t) => {
	const make = await setUp(t);
	const module = pathToFileURL(join(checkout.top, 'dist/runner/kernel/make.js')).href;
	const script = `import { runMake } from ${JSON.stringify(module)}; await runMake(${JSON.stringify(make)}, ['slow']);`;
	const victim = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
	t.teardown(async () => void victim.kill('SIGKILL'));
	const pid = await pidOf(make.output);
	let hasWaited = false;
	const next = runMake({ ...make, onWait: () => (hasWaited = true) }, ['good']);
	await poll(() => hasWaited, { ms: 10_000, what: 'the second to find the lock taken' });
	victim.kill('SIGKILL');
	await poll(async () => !(await isAlive(pid)), { ms: 5_000, what: 'the compiler to end' });
	await next;
	t.pass();
});
