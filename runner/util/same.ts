/** Work on files that somebody may save while it goes on. */

import { InfraError } from './errors.ts';

/** Does `work`, and throws an InfraError when `hash` does not give `before` any longer then: what came of it may be of either state. */
export async function whileSame(what: string, hash: () => Promise<string>, before: string, work: () => Promise<void>): Promise<void> {
	await work();
	if ((await hash()) !== before) throw new InfraError(`${what} was saved while it was read`);
}
