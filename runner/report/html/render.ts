/** A run as report.html: one file that needs no network and runs no script but its own. */

import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { checkout } from '../../config/paths.ts';
import type { Run } from '../../model/run.ts';
import { type Beside, nothingBeside } from './beside.ts';
import { timingCharts } from './chart.ts';
import { caseViews, viewOf } from './view.ts';

// tsc copies no templates into dist/: they are read where they were written.
const folder = join(checkout.top, 'runner/report/html');

/** The whole document. */
export async function toHtml(run: Run, beside: Beside = nothingBeside): Promise<string> {
	return [...(await htmlPieces(run, beside))].join('');
}

/** The whole document in pieces. */
export async function htmlPieces(hostile: Run, beside: Beside): Promise<Iterable<string>> {
	const [style, timeline, script, charts] = await Promise.all([
		readFile(join(folder, 'report.css'), 'utf8'),
		readFile(join(folder, 'timeline.js'), 'utf8'),
		readFile(join(folder, 'report.js'), 'utf8'),
		timingCharts(hostile),
	]);
	const body = `\n${timeline}\n${script}`;
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
		for (const one of caseViews(hostile, beside)) yield eta.render('case', one);
		yield foot;
	})();
}
