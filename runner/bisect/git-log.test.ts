import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Bisection, Finding } from '../model/bisection.ts';
import { exec } from '../util/exec.ts';
import { gitBisectLog } from './git-log.ts';

const repository = async (t: ExecutionContext) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-bisect-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const env = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' };
	const git = async (...args: string[]) => (await exec('git', ['-C', dir, ...args], { env })).stdout;
	await git('init', '--quiet');
	const ids: string[] = [];
	for (let n = 0; n <= 8; n++) {
		await git('commit', '--quiet', '--allow-empty', '-m', `commit ${n}`);
		ids.push((await git('rev-parse', 'HEAD')).trim());
	}
	/** What git says after the log. */
	const replay = async (log: string) => {
		await writeFile(join(dir, 'log'), log);
		const said = await exec('git', ['-C', dir, 'bisect', 'replay', 'log'], { env, allowFailure: true });
		t.is(said.exitCode, 0, said.stderr);
		return git('bisect', 'log');
	};
	const bisection = (more: Pick<Bisection, 'findings' | 'badness' | 'outcome'>): Bisection => ({
		schema: 2,
		id: 'x',
		started: '',
		source: dir,
		kind: 'commits',
		case: 's/c',
		config: 'kasan',
		patches: [],
		accel: 'auto',
		warp: true,
		seed: 1,
		confidence: 0.98,
		mostRuns: 1000,
		commits: ids.map((id, at) => ({ id, title: `commit ${at}`, parents: at === 0 ? [] : [ids[at - 1] ?? ''] })),
		...more,
	});
	return { ids, replay, bisection };
};

test('the log is what git bisect replay takes, and git comes to the same commit', async (t) => {
	const { ids, replay, bisection } = await repository(t);
	const log = gitBisectLog(
		bisection({
			findings: [
				{ type: 'runs', commit: 8, failed: 3, passed: 0 },
				{ type: 'runs', commit: 0, failed: 0, passed: 2 },
				{ type: 'untestable', commit: 5, why: 'fs/x.c:1: error' },
				{ type: 'runs', commit: 3, failed: 1, passed: 0 },
				{ type: 'runs', commit: 2, failed: 0, passed: 2 },
				{ type: 'runs', commit: 7, failed: 0, passed: 1 },
			],
			badness: [0, 0, 0.01, 0.99, 0.99, 0.99, 0.99, 0.9, 1],
			outcome: { kind: 'found', suspects: [3], confidence: 0.98 },
		}),
	);
	t.regex(log, /^git bisect skip /m);
	t.regex(log, /^# unsure: \[\w+\] commit 7 \(failed 0 of 1 times\)$/m);
	t.regex(await replay(log), new RegExp(`# first bad commit: \\[${ids[3]}\\]`));
});

test('git comes to it in whatever order the bad commits were run', async (t) => {
	const { ids, replay, bisection } = await repository(t);
	const log = gitBisectLog(
		bisection({
			findings: [
				{ type: 'runs', commit: 8, failed: 3, passed: 0 },
				{ type: 'runs', commit: 0, failed: 0, passed: 2 },
				{ type: 'runs', commit: 3, failed: 1, passed: 0 },
				{ type: 'runs', commit: 6, failed: 1, passed: 0 },
				{ type: 'runs', commit: 2, failed: 0, passed: 2 },
			],
			badness: [0, 0, 0.01, 0.99, 0.99, 0.99, 1, 1, 1],
			outcome: { kind: 'found', suspects: [3], confidence: 0.98 },
		}),
	);
	t.regex(await replay(log), new RegExp(`# first bad commit: \\[${ids[3]}\\]`));
});

test('a commit that is known by an equal kernel is told, too', async (t) => {
	const { ids, replay, bisection } = await repository(t);
	const kernels: Finding[] = ['a', 'a', 'a', 'b', 'b', 'c', 'c', 'c', 'c'].map((identity, commit) => ({
		type: 'kernel',
		commit,
		identity,
	}));
	const log = gitBisectLog(
		bisection({
			findings: [
				...kernels.filter(({ commit }) => commit !== 7),
				{ type: 'runs', commit: 8, failed: 3, passed: 0 },
				{ type: 'runs', commit: 0, failed: 0, passed: 2 },
				{ type: 'runs', commit: 4, failed: 1, passed: 0 },
			],
			badness: [0, 0, 0, 1, 1, 1, 1, 1, 1],
			outcome: { kind: 'found', suspects: [3], confidence: 0.98 },
		}),
	);
	t.regex(log, new RegExp(`^# good: \\[${ids[2]}\\] commit 2 \\(the kernel of ${ids[0]?.slice(0, 12)}\\)$`, 'm'));
	t.false(log.includes(ids[7] ?? ''), 'nothing is known of it by itself');
	t.regex(await replay(log), new RegExp(`# first bad commit: \\[${ids[3]}\\]`));
});
