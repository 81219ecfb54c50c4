import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Bisection } from '../model/bisection.ts';
import { exec } from '../util/exec.ts';
import { gitBisectLog } from './git-log.ts';

test('the log is what git bisect replay takes, and git comes to the same commit', async (t) => {
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
	const bisection: Bisection = {
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
	};
	const log = gitBisectLog(bisection);
	t.regex(log, /^git bisect skip /m);
	t.regex(log, /^# unsure: \[\w+\] commit 7 \(failed 0 of 1 times\)$/m);
	await writeFile(join(dir, 'log'), log);
	const said = await exec('git', ['-C', dir, 'bisect', 'replay', 'log'], { env, allowFailure: true });
	t.is(said.exitCode, 0, said.stderr);
	t.regex(await git('bisect', 'log'), new RegExp(`# first bad commit: \\[${ids[3]}\\]`));
});
