/** Debian's 6.12 as a git repository: harmless commits in a line, one that does not build, and a known bug in between. */

import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { findDebianSource } from '../kernel/debian.ts';
import { safeName } from '../kernel/source-spec.ts';
import { exec } from '../util/exec.ts';
import { exists, makeWhole } from '../util/files.ts';

/** Counts changes of what is made here: another history is another repository. */
const layout = 1;

// What no build for x86 reads, and git would take minutes for; Kconfig files are read of all architectures.
const unread = ['*/arch/[a-wyz]*/*.[chS]', '*/arch/*/boot/dts', '*/drivers/gpu/drm/amd/include', '*/tools/testing/selftests'];

export interface DebianHistory {
	readonly repository: string;
	readonly good: string;
	readonly bad: string;
	/** The commit that puts the bug in. */
	readonly culprit: string;
}

/** Made once for each Debian version, at a place that stays, so that the kernels of its commits are built once, too. */
export async function debianHistory(bug: string): Promise<DebianHistory> {
	const { version, archive } = await findDebianSource('6.12');
	const repository = join(folders.cache, 'testing', safeName(`history-${layout}-${bug}-${version}`));
	if (!(await exists(repository))) await makeWhole(repository, (aside) => fill(aside, archive, bug));
	const git = async (...args: string[]) => (await exec('git', ['-C', repository, ...args])).stdout.trim();
	const culprit = await git('log', '--format=%H', '--grep', `^known bug ${bug}$`, 'bad');
	return { repository, good: await git('rev-parse', 'good'), bad: await git('rev-parse', 'bad'), culprit };
}

async function fill(dir: string, archive: string, bug: string): Promise<void> {
	await exec('tar', ['-xf', archive, '-C', dir, '--strip-components=1', ...unread.map((path) => `--exclude=${path}`)]);
	const who = { GIT_AUTHOR_NAME: 'Crucible', GIT_AUTHOR_EMAIL: 'crucible@localhost' };
	const env = { ...who, GIT_COMMITTER_NAME: 'Crucible', GIT_COMMITTER_EMAIL: 'crucible@localhost', LC_ALL: 'C' };
	const git = (...args: string[]) => exec('git', ['-C', dir, '-c', 'gc.auto=0', '-c', 'core.compression=0', ...args], { env });
	const commit = (title: string) => git('commit', '--quiet', '--all', '-m', title);
	const append = (path: string, text: string) => appendFile(join(dir, path), `${text}\n`);
	await git('init', '--quiet');
	// Debian's own .gitignore would leave files out.
	await git('add', '--all', '--force', '.');
	await commit('Debian linux-source-6.12');
	await git('tag', 'good');
	for (let n = 1; n <= 16; n++) {
		// A module that changes, one that does not, and a file that is not built.
		if (n % 3 === 1) await append('fs/cachefiles/key.c', `static const unsigned long harmless_${n} __attribute__((used)) = ${n};`);
		else if (n % 3 === 2) await append('fs/netfs/objects.c', `/* ${n} */`);
		else await append('Documentation/filesystems/caching/cachefiles.rst', `${n}`);
		await commit(`harmless ${n}`);
		if (n === 8) {
			await append('fs/cachefiles/cache.c', '#error planted by a test');
			await commit('does not build');
			await git('revert', '--no-edit', 'HEAD');
		}
		if (n === 11) {
			const patches = join(checkout.suites, 'known-bugs/6.12');
			const [file = ''] = (await readdir(patches)).filter((name) => name.startsWith(`${bug}-`));
			await git('apply', join(patches, file));
			await commit(`known bug ${bug}`);
		}
	}
	await git('tag', 'bad');
}
