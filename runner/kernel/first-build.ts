/** Why a kernel is built whole: what differs from the build of the same source and configuration that is nearest. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { allConfigFile } from './configure.ts';
import { readFolder } from './folder-state.ts';

interface Asked {
	readonly output: string;
	/** `kasan`; folders of it are `kasan-<8 hex digits>`. */
	readonly configName: string;
	readonly compiler: string;
	/** What is asked of kconfig, as formatRequests has it. */
	readonly requests: string;
}

/** `built whole: CONFIG_XFS_FS=m is asked for, which the last kasan kernel of this source had not`. */
export async function tellFirstBuild({ output, configName, compiler, requests }: Asked): Promise<string> {
	const home = dirname(output);
	const isSibling = (name: string) => name.startsWith(`${configName}-`) && /^[\da-f]{8}$/.test(name.slice(configName.length + 1));
	const names = (await readdir(home)).filter((name) => isSibling(name) && name !== basename(output));
	const folders = await Promise.all(names.map(async (name) => ({ dir: join(home, name), state: await readFolder(join(home, name)) })));
	const built = folders.flatMap(({ dir, state }) => (state ? [{ dir, compiler: state.compiler }] : []));
	if (built.length === 0) return `built whole: the first ${configName} kernel of this source here`;
	const near = await Promise.all(
		built.map(async (one) => {
			const text = await readFile(join(one.dir, allConfigFile), 'utf8').catch(() => '');
			return { ...one, added: minus(requests, text), missing: minus(text, requests) };
		}),
	);
	const [nearest] = near.sort((a, b) => a.added.length + a.missing.length - b.added.length - b.missing.length);
	if (!nearest) throw new Error('a list that is not empty has a first');
	const reasons = [
		...(nearest.compiler === compiler ? [] : [`the compiler is ${compiler}, and was ${nearest.compiler}`]),
		...(nearest.added.length > 0 ? [`asked for is ${nearest.added.join(' ')}`] : []),
		...(nearest.missing.length > 0 ? [`no longer ${nearest.missing.join(' ')}`] : []),
	];
	return `built whole: ${reasons.join('; ') || "make's variables differ"}`;
}

function minus(a: string, b: string): string[] {
	const lines = new Set(b.split('\n'));
	return a.split('\n').filter((line) => line !== '' && !lines.has(line));
}
