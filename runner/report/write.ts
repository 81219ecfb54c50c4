/** The reports of a run as files in its directory; made again from run.json at any time. */

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Run } from '../model/run.ts';
import { writeWhole } from '../util/files.ts';
import { htmlPieces } from './html/render.ts';
import { type FilesByDir, linkTo } from './html/view.ts';
import { junitPieces } from './junit.ts';
import { reproScript, type SeriesFile } from './repro.ts';
import { tapPieces } from './tap.ts';

export const reportFiles = { tap: 'results.tap', junit: 'junit.xml', html: 'report.html', repro: 'repro.sh' } as const;

// A case has a handful of files; one that wrote thousands is served by the link to its folder.
const mostFiles = 24;

/** Writes results.tap, junit.xml, report.html and a repro.sh for each case that failed into `dir`, each whole or not at all. */
export async function writeReports(run: Run, dir: string): Promise<void> {
	await writeRepros(run, dir);
	await writeWhole(join(dir, reportFiles.tap), tapPieces(run));
	await writeWhole(join(dir, reportFiles.junit), junitPieces(run));
	await writeWhole(join(dir, reportFiles.html), await htmlPieces(run, await filesOf(run, dir)));
}

/** One script for each failed case, in the folder of its first failing attempt. */
async function writeRepros(run: Run, dir: string): Promise<void> {
	const series = await readSeriesFiles(dir);
	for (const job of run.jobs)
		for (const result of job.cases) {
			const failing = result.attempts.find(({ status }) => status === 'FAIL');
			if (!failing || linkTo(failing.dir) === undefined) continue;
			await writeWhole(join(dir, failing.dir, reportFiles.repro), reproScript(run, job, result, series), 0o755);
		}
}

/** The patches that were tested, as they were kept with the run. */
export async function readSeriesFiles(dir: string): Promise<SeriesFile[]> {
	const names = await readdir(join(dir, 'series')).catch(() => []);
	return Promise.all(names.sort().map(async (name) => ({ name, text: await readFile(join(dir, 'series', name), 'utf8') })));
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
