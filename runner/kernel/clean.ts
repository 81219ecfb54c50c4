/** What `crucible clean` takes away of kernels: artefacts, build folders, modules of our own, unpacked sources. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';

const folders = { builds: ['builds', 'kernels', 'modules'], sources: ['sources'] } as const;

/** Removes the builds, or the unpacked and cloned sources, under `cacheDir`; returns the bytes that came free. The user's own trees are not there. */
export async function cleanKernels(cacheDir: string, what: keyof typeof folders = 'builds'): Promise<number> {
	let bytes = 0;
	for (const name of folders[what]) {
		const folder = join(cacheDir, name);
		// "123456\t/home/a/.cache/..."; du fails where the folder is absent
		const size = await exec('du', ['--summarize', '--block-size=1', folder], { allowFailure: true });
		bytes += Number(size.stdout.split('\t')[0]) || 0;
		await rm(folder, { recursive: true, force: true });
	}
	return bytes;
}
