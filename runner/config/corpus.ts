/** A corpus of known bugs: historical fixes taken out again as patches, with a catalogue that says what each does. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { didYouMean } from '../util/text.ts';

const pattern = z.string().refine((text) => {
	try {
		new RegExp(text);
		return true;
	} catch {
		return false;
	}
}, 'not a regular expression');

const bug = z.looseObject({
	id: z.string().regex(/^[A-Za-z0-9._-]+$/),
	/** Of the fix. */
	commit: z.string().optional(),
	title: z.string().min(1),
	symptom: z.string().default(''),
	/** `deterministic`, or how hard the race is to hit: `race-easy`, `race-hard`. */
	determinism: z.string().default('deterministic'),
	area: z.string().optional(),
	/** What the bug shows as: one of these fits the title of a splat, the name of an assertion or another sign of the case that catches it. */
	signs: z.array(pattern).default([]),
	/** Cases that are run first, `suite/case`. Where there are any, the signs count in no other. */
	cases: z.array(z.string()).default([]),
	/** By kernel series and kind: `m` the bug, `w` the bug with a delay that widens its race, `d` the delay alone. */
	patches: z.record(z.string(), z.strictObject({ m: z.string(), w: z.string().optional(), d: z.string().optional() })),
});

const schema = z.looseObject({ bugs: z.array(bug) });

export type KnownBug = z.output<typeof bug>;
export type PatchKind = 'm' | 'w' | 'd';

/** Reads `<dir>/catalogue.json`. What is no catalogue, names a bug twice or a patch that is not there is a UserError. */
export async function readCorpus(dir: string): Promise<readonly KnownBug[]> {
	const file = join(dir, 'catalogue.json');
	const refuse = (message: string) => new UserError(message, { at: { file }, hint: 'suites/known-bugs/README.md describes the format' });
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw refuse(`cannot read: ${error.code ?? error.message}`);
	});
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw refuse(`is not JSON: ${(error as Error).message}`);
	}
	const parsed = schema.safeParse(json);
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw refuse(`${issue?.path.join('.')}: ${issue?.message}`);
	}
	const seen = new Set<string>();
	for (const { id, patches } of parsed.data.bugs) {
		if (seen.has(id)) throw refuse(`two bugs are called ${id}`);
		seen.add(id);
		for (const path of Object.values(patches).flatMap((kinds) => Object.values(kinds)))
			if (!(await exists(join(dir, path)))) throw refuse(`${id} names ${path}, which is not there`);
	}
	return parsed.data.bugs;
}

/** The bugs asked for, all without ids; an id that nobody has is a UserError. */
export function pickBugs(bugs: readonly KnownBug[], ids: readonly string[]): readonly KnownBug[] {
	const known = bugs.map(({ id }) => id);
	for (const id of ids)
		if (!known.includes(id))
			throw new UserError(`no known bug is called "${id}"`, { hint: didYouMean(id, known) ?? `there are ${known.join(' ')}` });
	return ids.length === 0 ? bugs : bugs.filter(({ id }) => ids.includes(id));
}
