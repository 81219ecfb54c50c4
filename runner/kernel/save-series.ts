/** A series as files, so that whoever reads a run's results has what was tested. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Patch } from './patch.ts';
import { readSeries } from './read-series.ts';
import { safeName } from './source-spec.ts';

/** A patch as a mail, where it came as one; the `---` above a diffstat is in its text. */
export function mailText({ commit, text }: Patch): string {
	if (!commit) return text;
	return `From: ${commit.author}\nSubject: [PATCH] ${commit.title}\n\n${commit.message}\n\n${text}`;
}

/** Writes `0001-name.patch`, `0002-...` into `dir`, which a `--patch` of its own reads again. */
export async function saveSeries(dir: string, patches: readonly Patch[]): Promise<void> {
	if (patches.length === 0) return;
	await mkdir(dir, { recursive: true });
	for (const [at, patch] of patches.entries()) {
		const name = safeName(patch.name.replace(/\.(?:patch|diff|mbox|eml)$/, '').slice(0, 60));
		await writeFile(join(dir, `${String(at + 1).padStart(4, '0')}-${name}.patch`), mailText(patch));
	}
}

/** What saveSeries wrote into `dir`, called as it was before. */
export async function readSaved(dir: string): Promise<Patch[]> {
	return (await readSeries([dir])).map((patch) => ({ ...patch, name: patch.name.replace(/^\d{4}-/, '') }));
}
