/** `--patch` and `--range`: the series that a command puts on top of its kernels. */

import type { Command } from 'commander';
import { parseRange, readRange } from '../kernel/commit-range.ts';
import type { Patch } from '../kernel/patch.ts';
import { readSeries } from '../kernel/read-series.ts';
import { UserError } from '../util/errors.ts';
import { collect } from './flags.ts';
import { repositoryOf } from './repository.ts';
import { userPath } from './user-path.ts';

export interface SeriesFlags {
	readonly patch?: readonly string[];
	readonly range?: string;
	readonly kernel?: readonly string[];
}

export interface Series {
	/** What the kernels are now: a range of a kernel's own repository goes on top of the commit it branched off. */
	readonly kernels: readonly string[];
	readonly patches: readonly Patch[];
}

export function addSeries(command: Command): Command {
	return command
		.option(
			'--patch <file>',
			'a diff, mail, mailbox, quilt series, folder of patches, or - for standard input; repeatable, in order',
			collect,
		)
		.option('--range <base..head>', 'the commits of a git tree as the series; repo#base..head where that is not the kernel');
}

/** Reads what the flags name; `kernels` are the settings'. */
export async function seriesOf(flags: SeriesFlags, kernels: readonly string[], signal?: AbortSignal): Promise<Series> {
	const patches = await readSeries((flags.patch ?? []).map(userPath), signal);
	if (flags.range === undefined) return { kernels, patches };
	if (patches.length > 0) throw new UserError('--range and --patch are two series', { hint: 'give one of them' });
	const range = parseRange(flags.range);
	const repository = range.repository === undefined ? ownRepository(kernels) : userPath(range.repository);
	const found = await readRange(repository, range, signal);
	const isOnItsBase = range.repository === undefined || flags.kernel === undefined;
	return { kernels: isOnItsBase ? [`${found.repository}#${found.base}`] : kernels, patches: found.patches };
}

function ownRepository(kernels: readonly string[]): string {
	const repository = repositoryOf(kernels);
	if (repository !== undefined) return repository;
	throw new UserError(`--range names commits, and ${kernels.join(' and ')} is no git tree`, {
		hint: '--kernel ~/linux --range v6.12..my-branch, or --range ~/linux#v6.12..my-branch on any kernel',
	});
}
