/** Debian's 6.12 as a git repository with two lines of harmless commits: a known bug is in one, a failure that comes now and then in the other. */

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../config/settings.ts';
import { findDebianSource } from '../kernel/debian.ts';
import { safeName } from '../kernel/source-spec.ts';
import { exec } from '../util/exec.ts';
import { exists, makeWhole } from '../util/files.ts';
import { bugPatch } from './bisect.ts';
import { daemonSource, flakyDaemon } from './flaky-daemon.ts';

/** Counts changes of what is made here: another history is another repository. */
const layout = 2;

// What no build for x86 reads, and git would take minutes for; Kconfig files are read of all architectures.
const unread = ['*/arch/[a-wyz]*/*.[chS]', '*/arch/*/boot/dts', '*/drivers/gpu/drm/amd/include', '*/tools/testing/selftests'];

const commits = 64;

export interface Line {
	readonly good: string;
	readonly bad: string;
	/** The commit between them that puts the failure in. */
	readonly culprit: string;
}

export interface DebianHistory {
	readonly repository: string;
	/** The known bug, and a commit that does not build; checked out. */
	readonly certain: Line;
	/** The failure of one in five. */
	readonly flaky: Line;
}

/** Made once for each Debian version, at a place that stays, so that the kernels of its commits are built once, too. */
export async function debianHistory(bug: string): Promise<DebianHistory> {
	const { version, archive } = await findDebianSource('6.12');
	const repository = join(folders.cache, 'testing', safeName(`history-${layout}-${bug}-${version}`));
	if (!(await exists(repository))) await makeWhole(repository, (aside) => fill(aside, archive, bug));
	const git = async (...args: string[]) => (await exec('git', ['-C', repository, ...args])).stdout.trim();
	const line = async (bad: string): Promise<Line> => ({
		good: await git('rev-parse', 'good'),
		bad: await git('rev-parse', bad),
		culprit: await git('log', '--format=%H', '--grep', '^the culprit$', bad),
	});
	return { repository, certain: await line('certain'), flaky: await line('flaky') };
}

async function fill(dir: string, archive: string, bug: string): Promise<void> {
	await exec('tar', ['-xf', archive, '-C', dir, '--strip-components=1', ...unread.map((path) => `--exclude=${path}`)]);
	const who = { GIT_AUTHOR_NAME: 'Crucible', GIT_AUTHOR_EMAIL: 'crucible@localhost' };
	const env = { ...who, GIT_COMMITTER_NAME: 'Crucible', GIT_COMMITTER_EMAIL: 'crucible@localhost', LC_ALL: 'C' };
	const git = (...args: string[]) => exec('git', ['-C', dir, '-c', 'gc.auto=0', '-c', 'core.compression=0', ...args], { env });
	const commit = (title: string) => git('commit', '--quiet', '--all', '-m', title);
	const append = (path: string, text: string) => appendFile(join(dir, path), `${text}\n`);
	/** Commits `from` to `to`; most change what a module is, and one in eight nothing that is built. */
	const harmless = async (line: string, from: number, to: number) => {
		for (let n = from; n <= to; n++) {
			if (n % 8 === 0) await append('Documentation/filesystems/caching/cachefiles.rst', `${n}`);
			else
				await append(
					n % 2 ? 'fs/cachefiles/key.c' : 'fs/nfs/fscache.c',
					`static const unsigned long ${line}_${n} __attribute__((used)) = ${n};`,
				);
			await commit(`harmless ${n}`);
		}
	};
	await git('init', '--quiet');
	// Debian's own .gitignore would leave files out.
	await git('add', '--all', '--force', '.');
	await commit('Debian linux-source-6.12');
	await git('tag', 'good');

	await git('checkout', '--quiet', '-b', 'flaky');
	await harmless('flaky', 1, 22);
	const daemon = join(dir, daemonSource);
	await writeFile(daemon, flakyDaemon(await readFile(daemon, 'utf8'), 2));
	await commit('the culprit');
	await harmless('flaky', 24, commits);

	await git('checkout', '--quiet', '-b', 'certain', 'good');
	await harmless('certain', 1, 31);
	await append('fs/cachefiles/cache.c', '#error planted by a test');
	await commit('does not build');
	await git('revert', '--no-edit', 'HEAD');
	await harmless('certain', 34, 44);
	await git('apply', await bugPatch(bug));
	await commit('the culprit');
	await harmless('certain', 46, commits);
}
