/** A run as report.html: one file that needs no network and runs no script but its own. */

import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { checkout } from '../../config/paths.ts';
import type { Run } from '../../model/run.ts';
import { timingCharts } from './chart.ts';
import { caseViews, type FilesByDir, viewOf } from './view.ts';

// tsc copies no templates into dist/: they are read where they were written.
const folder = join(checkout.top, 'runner/report/html');

/** The whole document. */
export async function toHtml(run: Run, files: FilesByDir = new Map()): Promise<string> {
	return [...(await htmlPieces(run, files))].join('');
}

/** The whole document in pieces. `files` names what can be linked in each attempt's folder. */
export async function htmlPieces(hostile: Run, files: FilesByDir): Promise<Iterable<string>> {
	const [style, script, charts] = await Promise.all([
		readFile(join(folder, 'report.css'), 'utf8'),
		readFile(join(folder, 'report.js'), 'utf8'),
		timingCharts(hostile),
	]);
	const body = `\n${script}`;
	// Even if an escape were missed, a browser runs the one script with this hash and fetches nothing.
	const hash = createHash('sha256').update(body).digest('base64');
	const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
	const eta = new Eta({ views: folder, cache: true, autoTrim: [false, 'nl'] });
	// The rows go where no text of a guest can be: none knows the name of the place.
	const place = randomUUID();
	const page = eta.render('report', { ...viewOf(hostile), policy, style, script: body, charts, place });
	const [head = '', foot = ''] = page.split(place);
	return (function* () {
		yield head;
		for (const one of caseViews(hostile, files)) yield eta.render('case', one);
		yield foot;
	})();
}
