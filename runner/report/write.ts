/** The reports of a run as files in its directory; made again from run.json at any time. */

import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Run } from '../model/run.ts';
import { writeWhole } from '../util/files.ts';
import { tellingAttempt } from './attempts.ts';
import { type History, historyOf } from './history.ts';
import type { Beside } from './html/beside.ts';
import { htmlPieces } from './html/render.ts';
import type { AttemptTexts } from './html/timeline.ts';
import { linkTo } from './html/view.ts';
import { junitPieces } from './junit.ts';
import { reproScript, type SeriesFile } from './repro.ts';
import { isFine } from './severity.ts';
import { tapPieces } from './tap.ts';

export const reportFiles = { tap: 'results.tap', junit: 'junit.xml', html: 'report.html', repro: 'repro.sh' } as const;

// A case has a handful of files; one that wrote thousands is served by the link to its folder.
const mostFiles = 24;

/** Writes results.tap, junit.xml, report.html and a repro.sh for each case that failed into `dir`, each whole or not at all. */
export async function writeReports(run: Run, dir: string): Promise<void> {
	await writeRepros(run, dir);
	await writeWhole(join(dir, reportFiles.tap), tapPieces(run));
	await writeWhole(join(dir, reportFiles.junit), junitPieces(run));
	await writeWhole(join(dir, reportFiles.html), await htmlPieces(run, await besideOf(run, dir)));
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

// Timelines beyond these would make the page slow to load; the files are linked.
const mostTimelines = 60;
const mostTextBytes = 256 * 1024;
// Older runs tell little of today's kernel; reading a run of thousands of cases takes longer than its history is worth.
const history = { runs: 20, bytes: 8_000_000 } as const;

async function besideOf(run: Run, dir: string): Promise<Beside> {
	return { files: await filesOf(run, dir), texts: await textsOf(run, dir), history: await readHistory(dir) };
}

/** Console and trace of the attempts that tell why a case is not fine, or that played a race. */
async function textsOf(run: Run, dir: string): Promise<Map<string, AttemptTexts>> {
	const attempts = run.jobs
		.flatMap((job) => job.cases)
		.flatMap((result) => {
			const attempt = tellingAttempt(result);
			return attempt && linkTo(attempt.dir) !== undefined && (!isFine(result.status) || attempt.race) ? [attempt] : [];
		});
	const texts = new Map<string, AttemptTexts>();
	for (const attempt of attempts.slice(0, mostTimelines)) {
		const [console, trace] = [await endOf(join(dir, attempt.dir, 'console.log')), await endOf(join(dir, attempt.dir, 'trace.txt'))];
		if (console !== '' || trace !== '') texts.set(attempt.dir, { console, trace });
	}
	return texts;
}

/** The end of a file, where a failure is; empty when there is none. */
async function endOf(path: string): Promise<string> {
	const file = await open(path).catch(() => undefined);
	if (!file) return '';
	try {
		const { size } = await file.stat();
		const length = Math.min(size, mostTextBytes);
		const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
		return buffer.toString('utf8', 0, bytesRead);
	} finally {
		await file.close();
	}
}

/** The runs before this one in the same folder; one that cannot be read has no say. */
async function readHistory(dir: string): Promise<History> {
	const names = (await readdir(dirname(dir))).filter((name) => /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(name) && name < basename(dir)).sort();
	const runs: Run[] = [];
	for (const name of names.slice(-history.runs)) {
		const path = join(dirname(dir), name, 'run.json');
		const { size } = await stat(path).catch(() => ({ size: Number.POSITIVE_INFINITY }));
		if (size > history.bytes) continue;
		const run = await readFile(path, 'utf8')
			.then((text) => JSON.parse(text) as Run)
			.catch(() => undefined);
		if (Array.isArray(run?.jobs)) runs.push(run);
	}
	return historyOf(runs);
}

/** The files in each attempt's folder that exist, sorted; a folder that is gone or lies elsewhere has none. */
async function filesOf(run: Run, dir: string): Promise<Beside['files']> {
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
