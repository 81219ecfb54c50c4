/** The commits between a good and a bad one, parents first. */

import type { Commit } from '../model/bisection.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { resolveCommit } from './git.ts';

export interface GitHistory {
	readonly repository: string;
	/** The good end first, the bad one last. */
	readonly commits: readonly [Commit, ...Commit[]];
}

/** Throws UserError for unknown refs and ends that do not follow each other. */
export async function readHistory(repository: string, good: string, bad: string, signal?: AbortSignal): Promise<GitHistory> {
	const from = await resolveCommit(repository, good, signal);
	const to = await resolveCommit(repository, bad, signal);
	const git = (...args: string[]) => exec('git', ['-C', repository, ...args], { signal, allowFailure: true, env: { LC_ALL: 'C' } });
	if ((await git('merge-base', '--is-ancestor', from.id, to.id)).exitCode !== 0) {
		const isConverse = (await git('merge-base', '--is-ancestor', to.id, from.id)).exitCode === 0;
		const base = (await git('merge-base', from.id, to.id)).stdout.trim().slice(0, 12);
		throw new UserError(`the good end ${good} is no ancestor of the bad end ${bad}`, {
			hint: isConverse
				? 'exchange --good and --bad; a bug that went away is found by a case that fails without it'
				: `try --good ${base}, where they branched`,
		});
	}
	const range = `${from.id}..${to.id}`;
	const [first, listed] = [
		await git('log', '--max-count=1', '--format=%s', from.id),
		await git('log', '--topo-order', '--reverse', '--format=%H%x00%P%x00%s', range),
	];
	const commits = listed.stdout.split('\n').flatMap((line): Commit[] => {
		const [id = '', parents = '', title = ''] = line.split('\0');
		return id === '' ? [] : [{ id, title, parents: parents.split(' ').filter(Boolean) }];
	});
	if (commits.length === 0) throw new UserError(`${good} and ${bad} are the same commit`, { hint: 'check --good and --bad' });
	return { repository: from.repository, commits: [{ id: from.id, title: first.stdout.trim(), parents: [] }, ...commits] };
}
