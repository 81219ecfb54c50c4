/** A build folder's .config made from requests, and proved: a request that did not come out is an UnmetError that says why. */

import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnmetError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import { formatRequests, type Request } from './fragment.ts';
import { explain, findDropped, parseDotConfig } from './kconfig-check.ts';
import { parseKconfig } from './kconfig-language.ts';
import { type Make, runMake } from './make.ts';

/** In a build folder, what was asked of kconfig there. */
export const allConfigFile = '.crucible-allconfig';

/** Makes `<make.output>/.config` out of `requests` on top of allnoconfig; kconfig leaves a .config that is right as it is. */
export async function configure(make: Make, requests: readonly Request[]): Promise<void> {
	await mkdir(make.output, { recursive: true });
	const allConfig = join(make.output, allConfigFile);
	await writeWhole(allConfig, formatRequests(requests));
	// Always, even over a .config of the same requests: a tree that moved has new symbols, and make would stop to ask about them.
	await runMake({ ...make, env: { ...make.env, KCONFIG_ALLCONFIG: allConfig } }, ['allnoconfig']);
	const values = parseDotConfig(await readFile(join(make.output, '.config'), 'utf8'));
	const dropped = findDropped(requests, values);
	if (dropped.length > 0) {
		const tree = parseKconfig((file) => readIfThere(join(make.tree, file)), { SRCARCH: 'x86' });
		const [first, ...more] = dropped.map((drop) => explain(drop, tree, values));
		throw new UnmetError(`kconfig: ${[first, ...more].join('\n')}`, {
			...(dropped[0] && { at: dropped[0].request.at }),
			hint: 'ask for what is missing too, or keep the line to kernels that have it with # since: X.Y or # until: X.Y',
		});
	}
}

function readIfThere(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}
