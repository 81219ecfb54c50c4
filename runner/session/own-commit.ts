/** Which commit of ours a run is of. */

import { exec } from '../util/exec.ts';

/** `0123456789ab`, with `-dirty` where the checkout `top` has other files than that commit; undefined where git does not tell. */
export async function ownCommit(top: string): Promise<string | undefined> {
	const git = (...args: string[]) => exec('git', ['-C', top, ...args], { allowFailure: true }).catch(() => undefined);
	const [head, status] = await Promise.all([git('rev-parse', '--short=12', 'HEAD'), git('status', '--porcelain')]);
	if (head?.exitCode !== 0) return undefined;
	return `${head.stdout.trim()}${status?.stdout.trim() === '' ? '' : '-dirty'}`;
}
