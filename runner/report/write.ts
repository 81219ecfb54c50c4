/** The reports of a run as files in its directory; made again from run.json at any time. */

import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Run } from '../model/run.ts';
import { writeWhole } from '../util/files.ts';
import { htmlPieces } from './html/render.ts';
import { type FilesByDir, linkTo } from './html/view.ts';
import { junitPieces } from './junit.ts';
import { tapPieces } from './tap.ts';

export const reportFiles = { tap: 'results.tap', junit: 'junit.xml', html: 'report.html' } as const;

// A case has a handful of files; one that wrote thousands is served by the link to its folder.
const mostFiles = 24;

/** Writes results.tap, junit.xml and report.html into `dir`, each whole or not at all. */
export async function writeReports(run: Run, dir: string): Promise<void> {
	await writeWhole(join(dir, reportFiles.tap), tapPieces(run));
	await writeWhole(join(dir, reportFiles.junit), junitPieces(run));
	await writeWhole(join(dir, reportFiles.html), await htmlPieces(run, await filesOf(run, dir)));
}

/** The files in each attempt's folder that exist, sorted; a folder that is gone or lies elsewhere has none. */
async function filesOf(run: Run, dir: string): Promise<FilesByDir> {
	const files = new Map<string, readonly string[]>();
	for (const attempt of run.jobs.flatMap((job) => job.cases.flatMap((result) => result.attempts))) {
		if (linkTo(attempt.dir) === undefined) continue;
		const folder = join(dir, attempt.dir);
		const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
		const names = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
		if (names.length > 0) files.set(attempt.dir, names.sort().slice(0, mostFiles));
	}
	return files;
}
