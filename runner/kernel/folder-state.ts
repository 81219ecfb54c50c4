/** What a build folder is at: written when a build ends, taken away before the next one changes anything, so that a kill never leaves a lie. */

import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../util/files.ts';
import type { Products } from './products.ts';

const layout = 2;

/** The end of the last build that ended. */
export interface FolderState {
	/** Of the artefact that was copied out. */
	readonly artefact: string;
	/** Versions of what builds beside the compiler; see toolchain.ts. */
	readonly tools: string;
	readonly compiler: string;
	readonly products: Products;
	/** The source's files as make found them; undefined where that is not known any longer. */
	readonly listing: string | undefined;
	/** What was begun since and never ended: undefined when nothing was, `modules` when it left alone whatever is built in. */
	readonly since: 'modules' | 'all' | undefined;
}

type Stored = Omit<FolderState, 'listing'> & {
	readonly layout: typeof layout /** Size and time of the listing's file. */;
	readonly listing: string;
};

const stampFile = (output: string) => join(output, '.crucible-stamp.json');
/** The stamp of before a change that is going on or was cut off. */
const lastFile = (output: string) => join(output, '.crucible-last.json');
const listingFile = (output: string) => join(output, '.crucible-listing');

/** The id of the artefact that the build folder is at; undefined while or after it is changed. */
export async function builtAs(output: string): Promise<string | undefined> {
	return (await read(stampFile(output)))?.artefact;
}

/** What is known of a build folder; undefined when no build has ended there. */
export async function readFolder(output: string): Promise<FolderState | undefined> {
	const stored = (await read(stampFile(output))) ?? (await read(lastFile(output)));
	if (!stored) return undefined;
	const isWhole = stored.listing === (await markOf(listingFile(output)));
	return { ...stored, listing: isWhole ? await readFile(listingFile(output), 'utf8') : undefined };
}

/** To be called before anything in the folder is changed; `what` make may touch. */
export async function beginChange(output: string, what: 'modules' | 'all'): Promise<void> {
	const stamp = await read(stampFile(output));
	const last = stamp ?? (await read(lastFile(output)));
	if (!last) return;
	// A change that was cut off before is still there.
	const since = last.since === 'all' ? 'all' : what;
	await writeWhole(lastFile(output), JSON.stringify({ ...last, since } satisfies Stored));
	await rm(stampFile(output), { force: true });
}

/** To be called when a build has ended and its artefact is stored. */
export async function endChange(output: string, state: Omit<FolderState, 'since'>): Promise<void> {
	const aside = `${listingFile(output)}.new`;
	await writeWhole(aside, state.listing ?? '');
	await rename(aside, listingFile(output));
	const listing = (await markOf(listingFile(output))) ?? '';
	const { artefact, tools, compiler, products } = state;
	await writeWhole(
		stampFile(output),
		JSON.stringify({ layout, artefact, tools, compiler, products, since: undefined, listing } satisfies Stored),
	);
	await rm(lastFile(output), { force: true });
}

async function read(file: string): Promise<Stored | undefined> {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	const stored: Stored | undefined = text === undefined ? undefined : JSON.parse(text);
	return stored?.layout === layout ? stored : undefined;
}

async function markOf(file: string): Promise<string | undefined> {
	const info = await stat(file, { bigint: true }).catch(() => undefined);
	return info && `${info.size} ${info.mtimeNs}`;
}
