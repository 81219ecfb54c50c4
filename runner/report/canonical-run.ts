/** The canonical run that goes through every reporter's test: all statuses, splats, a kernel that did not build, hostile text. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import type { Run } from '../model/run.ts';

export function canonicalRun(): Run {
	return JSON.parse(readFileSync(join(checkout.top, 'runner/report/testdata/run.json'), 'utf8')) as Run;
}
