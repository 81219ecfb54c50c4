import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { DeadlineError, poll, withDeadline } from './deadline.ts';
import { InfraError } from './errors.ts';
import { exec } from './exec.ts';
import { diskUse, makeWhole, writeWhole } from './files.ts';
import { hashOf } from './hash.ts';
import { Scope } from './scope.ts';
import { formatBytes, formatDuration, formatHours, harmless, nearNames } from './text.ts';

const temporary = async (t: { teardown: (f: () => Promise<void>) => void }) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-util-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	return dir;
};

test('a scope cleans up in reverse order, all of it, and throws what was thrown', async (t) => {
	const order: number[] = [];
	const scope = new Scope();
	scope.defer(() => void order.push(1));
	scope.defer(() => {
		order.push(2);
		throw new Error('two');
	});
	scope.defer(() => void order.push(3));
	await t.throwsAsync(async () => scope[Symbol.asyncDispose](), { message: 'two' });
	t.deepEqual(order, [3, 2, 1]);
});

test('a wait that runs out names what was waited for', async (t) => {
	const error = await t.throwsAsync(withDeadline(new Promise(() => {}), 20, 'the agent'), { instanceOf: DeadlineError });
	t.regex(error?.message ?? '', /for the agent/);
	await t.throwsAsync(
		poll(() => false, { ms: 30, what: 'rest', everyMs: 5 }),
		{ message: /for rest/ },
	);
});

test('an aborted wait throws the reason of its signal', async (t) => {
	const controller = new AbortController();
	const wait = withDeadline(new Promise(() => {}), 10_000, 'x', controller.signal);
	controller.abort(new Error('stopped'));
	await t.throwsAsync(wait, { message: 'stopped' });
});

test('a failing program is named with its exit and last lines', async (t) => {
	await t.throwsAsync(exec('sh', ['-c', 'echo out of luck >&2; exit 3']), {
		instanceOf: InfraError,
		message: /exited with 3.*out of luck/s,
	});
	await t.throwsAsync(exec('no-such-program', []), { message: /not installed/ });
	await t.throwsAsync(exec('sleep', ['60'], { timeoutMs: 50 }), { message: /did not end within 50 ms/ });
	t.is((await exec('sh', ['-c', 'exit 3'], { allowFailure: true })).exitCode, 3);
});

test('a program that a Ctrl-C passes by is in a session of its own', async (t) => {
	const sessionOf = async (detached: boolean) => {
		// "4711 (sh) S 4700 4711 4711 ...": its parent, its group, its session
		const { stdout } = await exec('sh', ['-c', 'read -r stat </proc/$$/stat; echo "$stat"'], { detached });
		return /^(\d+) \(sh\) \w \d+ \d+ (\d+) /.exec(stdout)?.slice(1) ?? [];
	};
	const [pid, session] = await sessionOf(true);
	t.is(session, pid);
	const [otherPid, ours] = await sessionOf(false);
	t.not(ours, otherPid);
});

test('exec gives lines as they come', async (t) => {
	const lines: string[] = [];
	await exec('sh', ['-c', 'echo a; echo b >&2'], { onLine: (line, stream) => lines.push(`${stream} ${line}`) });
	t.deepEqual(lines.sort(), ['stderr b', 'stdout a']);
});

test('files and folders are whole or absent', async (t) => {
	const dir = await temporary(t);
	await writeWhole(join(dir, 'sub/file'), 'text');
	t.is(await readFile(join(dir, 'sub/file'), 'utf8'), 'text');
	await t.throwsAsync(
		makeWhole(join(dir, 'made'), async (aside) => {
			await writeWhole(join(aside, 'half'), '');
			throw new Error('cut');
		}),
		{ message: 'cut' },
	);
	t.deepEqual(await readdir(dir), ['sub']);
	await makeWhole(join(dir, 'made'), (aside) => writeWhole(join(aside, 'first'), ''));
	await makeWhole(join(dir, 'made'), (aside) => writeWhole(join(aside, 'second'), ''));
	t.deepEqual(await readdir(join(dir, 'made')), ['first']);
});

test('hashes do not depend on where parts are cut', (t) => {
	t.not(hashOf('ab', 'c'), hashOf('a', 'bc'));
});

test('guest text loses escapes and control characters, and keeps tabs and newlines', (t) => {
	t.is(harmless('\u001b[31mred\u001b[0m\u0007\tx\r\n\u001b]0;title\u0007y\u009b2J'), 'red\tx\ny2J');
});

test('durations and sizes read well', (t) => {
	t.deepEqual([400, 12_300, 187_000].map(formatDuration), ['0.4 s', '12 s', '3 min 07 s']);
	t.deepEqual([45_000, 720_000, 29_100_000].map(formatHours), ['45 s', '12 min', '8 h 05 min']);
	t.deepEqual([512, 4096, 1.5 * 2 ** 30].map(formatBytes), ['512 B', '4.0 KiB', '1.5 GiB']);
});

test('near names are found', (t) => {
	t.deepEqual(nearNames('nfs-fcs', ['nfs-fsc', 'erofs-ondemand']), ['nfs-fsc']);
	t.deepEqual(nearNames('zzzz', ['nfs-fsc']), []);
});

test('what a folder takes on the disk is told, a hole in a file not among it', async (t) => {
	const dir = await temporary(t);
	t.is(await diskUse(join(dir, 'nothing')), 0);
	const before = await diskUse(dir);
	await writeWhole(join(dir, 'below/file'), Buffer.alloc(1024 * 1024, 1));
	await truncate(join(dir, 'below/file'), 1024 * 1024 * 1024);
	const taken = (await diskUse(dir)) - before;
	t.true(taken >= 1024 * 1024 && taken < 2 * 1024 * 1024, `${taken}`);
});
