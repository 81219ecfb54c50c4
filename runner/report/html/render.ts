/** A run as report.html: one file that needs no network and runs no script but its own. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { checkout } from '../../config/paths.ts';
import type { Run } from '../../model/run.ts';
import { harmlessRun } from '../harmless-run.ts';
import { timingCharts } from './chart.ts';
import { type FilesByDir, viewOf } from './view.ts';

// tsc copies no templates into dist/: they are read where they were written.
const folder = join(checkout.top, 'runner/report/html');

/** The whole document. `files` names what can be linked in each attempt's folder. */
export async function toHtml(hostile: Run, files: FilesByDir = new Map()): Promise<string> {
	const run = harmlessRun(hostile);
	const [style, script, charts] = await Promise.all([
		readFile(join(folder, 'report.css'), 'utf8'),
		readFile(join(folder, 'report.js'), 'utf8'),
		timingCharts(run),
	]);
	const body = `\n${script}`;
	// Even if an escape were missed, a browser runs the one script with this hash and fetches nothing.
	const hash = createHash('sha256').update(body).digest('base64');
	const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
	const eta = new Eta({ views: folder, cache: true, autoTrim: [false, 'nl'] });
	return eta.render('report', { ...viewOf(run, files), policy, style, script: body, charts });
}
