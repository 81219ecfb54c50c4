/** `crucible clean`: frees the caches, or results when asked, unless another crucible is at work in them. */

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { formatBytes } from '../util/text.ts';
import { templatePaths } from '../vm/template-place.ts';
import { usersOf } from './cache-users.ts';

interface CleanFlags {
	readonly all?: boolean;
	readonly results?: boolean;
	readonly dryRun?: boolean;
}

/** What a plain clean removes: made from sources in minutes. Sources and packages take a download or an unpack. */
const rebuildable = ['kernels', 'builds', 'images', 'programs', 'disks', 'modules'];

export function addClean(program: Command): void {
	program
		.command('clean')
		.description('removes built kernels, images, disks and templates from the cache, and their RAM from memory')
		.option('--all', 'the whole cache: sources and packages too')
		.option('--results', 'run directories instead of the cache')
		.option('--dry-run', 'only say what would be removed')
		.action(async (flags: CleanFlags) => {
			const paths = await targets(flags);
			const users = flags.dryRun ? [] : await usersOf(paths);
			if (users.length > 0)
				throw new UserError(`${flags.results ? 'runs are under way' : 'the cache is in use'} by process ${users.join(', ')}`, {
					hint: 'clean it when that has ended',
				});
			for (const path of paths) {
				const { stdout } = await exec('du', ['-sb', path]);
				process.stdout.write(`${flags.dryRun ? 'would remove' : 'removing'} ${path} (${formatBytes(Number.parseInt(stdout, 10))})\n`);
				if (!flags.dryRun) await rm(path, { recursive: true, force: true });
			}
		});
}

/** In results/, what no run wrote. */
const ofTheCheckout = ['README.md', 'report.png'];

async function targets(flags: CleanFlags): Promise<string[]> {
	if (flags.results) {
		const entries = await readdir(checkout.results);
		return entries.filter((entry) => !ofTheCheckout.includes(entry)).map((entry) => join(checkout.results, entry));
	}
	const templates = templatePaths(folders.cache);
	const paths = flags.all ? [...templates, folders.cache] : [...rebuildable.map((name) => join(folders.cache, name)), ...templates];
	const found = await Promise.all(paths.map(exists));
	return paths.filter((_, index) => found[index]);
}
