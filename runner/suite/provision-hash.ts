/** What a suite brings into a guest, as one hash: equal for guests that cannot be told apart once they are provisioned. */

import { hashFile, hashOf } from '../util/hash.ts';
import type { Suite } from './load.ts';
import { filesOf, type Provisions } from './provision.ts';

/** Over every file with its place and mode, and the modules in load order. */
export async function provisionHash(suite: Suite, provisions: Provisions): Promise<string> {
	const files = await filesOf(suite, provisions);
	const parts = await Promise.all(files.map(async ({ from, to, mode }) => [to, `${mode}`, await hashFile(from)]));
	return hashOf(...parts.flat(), ...provisions.modules.map(({ name }) => name));
}
