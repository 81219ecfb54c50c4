/** The commits of a range as a series on the commit they branched off. */

import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { resolveCommit } from './git.ts';
import { hasDiff, readMails } from './mailbox.ts';
import { type Patch, parsePatch } from './patch.ts';

export interface CommitRange {
	/** 40 hex digits: what the series goes on top of. */
	readonly base: string;
	readonly repository: string;
	readonly patches: readonly Patch[];
}

/** `base..head`, with a repository and # before it or not. */
export function parseRange(text: string): { readonly repository?: string; readonly base: string; readonly head: string } {
	const [, repository, base, head] = /^(?:(.+)#)?([^#]*?[^#.])\.\.([^.].*)?$/.exec(text) ?? [];
	if (base === undefined || base === '')
		throw new UserError(`"${text}" is no range of commits`, {
			hint: 'write --range v6.12..my-branch, or --range path/to/linux#v6.12..my-branch',
		});
	return { ...(repository !== undefined && { repository }), base, head: head ?? 'HEAD' };
}

/** Reads the commits of `base..head`. An empty range, unknown refs and merges are UserErrors. */
export async function readRange(
	repository: string,
	range: { readonly base: string; readonly head: string },
	signal?: AbortSignal,
): Promise<CommitRange> {
	const from = await resolveCommit(repository, range.base, signal);
	const head = await resolveCommit(repository, range.head, signal);
	const git = async (...args: string[]) => (await exec('git', ['-C', repository, ...args], { signal, env: { LC_ALL: 'C' } })).stdout;
	const name = `${range.base}..${range.head}`;
	const merge = await exec('git', ['-C', repository, 'merge-base', from.id, head.id], { signal, allowFailure: true });
	if (merge.exitCode !== 0) throw new UserError(`${range.base} and ${range.head} have no commit in common`, { hint: 'check the range' });
	const base = merge.stdout.trim();
	if ((await git('rev-list', '--merges', '--max-count=1', `${base}..${head.id}`)) !== '')
		throw new UserError(`${name} has merges in it, which are no patches`, {
			hint: `name a range without them, or test its end: --kernel ${repository}#${range.head}`,
		});
	const ids = (await git('rev-list', '--reverse', `${base}..${head.id}`)).split('\n').filter(Boolean);
	if (ids.length === 0) throw new UserError(`${name} is empty`, { hint: `is ${range.head} what comes after ${range.base}?` });
	// Whatever format.* and diff.* of the user's configuration say, the diffs are to be what patch(1) takes.
	const how = [
		'--stdout',
		'--no-signature',
		'--no-attach',
		'--subject-prefix=PATCH',
		'--numbered',
		'--no-ext-diff',
		'--no-renames',
		'--src-prefix=a/',
		'--dst-prefix=b/',
	];
	const mailbox = await git('-c', 'format.useAutoBase=false', 'format-patch', ...how, `${base}..${head.id}`);
	const mails = (await readMails(Buffer.from(`${mailbox}\n`), signal)).filter(hasDiff);
	const patches = mails.map(({ text, commit }) => parsePatch(`${name}, ${commit.title}`, text, { name: `"${commit.title}"`, commit }));
	return { base, repository: from.repository, patches };
}
