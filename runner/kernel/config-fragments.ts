/** The fragments a kernel configuration is made of: kconfig/base and netfs, the named debug fragments, and what the suites ask for. */

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Position, UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import { type Fragment, mergeFragments, parseFragment, parseRequest, type Request } from './fragment.ts';
import type { KernelVersion } from './tree.ts';

/** A request from outside kconfig/, such as a suite's `needs.kconfig` entry. */
export interface ExtraRequest {
	/** `CONFIG_NFS_V4_2=y`. */
	readonly text: string;
	readonly at: Position;
}

/** `kasan`, `kasan+lockdep`: the same for the same set; `plain` for none. */
export function configName(debugFragments: readonly string[]): string {
	return [...new Set(debugFragments)].sort().join('+') || 'plain';
}

/** `kasan+lockdep` as the list it stands for. */
export function parseConfigName(name: string): string[] {
	return name === 'plain' ? [] : name.split('+').filter(Boolean);
}

/** Reads and merges everything for one kernel; `kconfigDir` holds base.config, netfs.config and debug/. Any mistake is a UserError with file and line. */
export async function readRequests(
	kconfigDir: string,
	debugFragments: readonly string[],
	extra: readonly ExtraRequest[],
	version: KernelVersion,
): Promise<Request[]> {
	const debugNames = [...new Set(debugFragments)].sort();
	await requireKnown(kconfigDir, debugNames);
	const read = async (layer: Fragment['layer'], path: string): Promise<Fragment> => {
		const file = join(kconfigDir, path);
		const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
			throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
		});
		return { layer, requests: parseFragment(text, join('kconfig', relative(kconfigDir, file)), version) };
	};
	const suites: Fragment = {
		layer: 'suite',
		// Sorted, so that the order in which suites were selected does not make another configuration.
		requests: extra
			.map(({ text, at }) => parseRequest(text, at, version))
			.filter((request) => request !== undefined)
			.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0)),
	};
	return mergeFragments([
		await read('base', 'base.config'),
		await read('base', 'netfs.config'),
		...(await Promise.all(debugNames.map((name) => read('debug', `debug/${name}.config`)))),
		suites,
	]);
}

async function requireKnown(kconfigDir: string, names: readonly string[]): Promise<void> {
	const files = await readdir(join(kconfigDir, 'debug')).catch(() => []);
	const known = files.filter((file) => file.endsWith('.config')).map((file) => file.replace(/\.config$/, ''));
	for (const name of names)
		if (!known.includes(name))
			throw new UserError(`there is no kernel configuration "${name}"`, {
				hint: didYouMean(name, known) ?? `known are ${known.join(', ')}`,
			});
}
