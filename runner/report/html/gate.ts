/** A measurement with known bugs as one HTML file that needs no network. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Eta } from 'eta';
import { checkout } from '../../config/paths.ts';
import type { Gate } from '../../model/gate.ts';
import { countByArea, gateHeadline } from '../gate.ts';
import { harmlessValue } from '../harmless-run.ts';

// tsc copies no templates into dist/: they are read where they were written.
const folder = join(checkout.top, 'runner/report/html');

const patchNames = { m: 'bug', w: 'bug, race widened', d: 'control' } as const;

/** The whole document. */
export async function toGateHtml(hostile: Gate): Promise<string> {
	const gate = harmlessValue(hostile);
	const style = await readFile(join(folder, 'report.css'), 'utf8');
	const eta = new Eta({ views: folder, cache: true, autoTrim: [false, 'nl'] });
	return eta.render('gate', { gate, areas: countByArea(gate), headline: gateHeadline(gate), patchNames, style });
}
