/**
 * The part of KCIDB's I/O schema 5.3 that we write, from its field descriptions (kcidb-io, schema v5.3): ids begin with the origin and a
 * colon, no property is null, none is unknown.
 */

import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9_]+:/);
const origin = z.string().regex(/^[a-z0-9_]+$/);
const text = z.string().regex(/^[^\0]*$/);
const time = z.iso.datetime({ offset: true });
const excerpt = text.max(16384);
const status = z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']);
const misc = z.record(z.string(), z.unknown());

const checkout = z.strictObject({
	id,
	origin,
	git_commit_hash: z
		.string()
		.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
		.optional(),
	/** Empty: no patches were applied. */
	patchset_hash: z
		.string()
		.regex(/^$|^[0-9a-f]{64}$/)
		.optional(),
	comment: text.optional(),
	start_time: time.optional(),
	misc: misc.optional(),
});

const build = z.strictObject({
	id,
	origin,
	checkout_id: id,
	comment: text.optional(),
	start_time: time.optional(),
	architecture: z
		.string()
		.regex(/^[a-z0-9_]*$/)
		.optional(),
	compiler: text.optional(),
	config_name: text.optional(),
	log_excerpt: excerpt.optional(),
	status: status.optional(),
	misc: misc.optional(),
});

const test = z.strictObject({
	id,
	origin,
	build_id: id,
	environment: z.strictObject({ comment: text.optional(), misc: misc.optional() }).optional(),
	path: z.string().regex(/^[.a-zA-Z0-9_-]*$/),
	comment: text.optional(),
	log_excerpt: excerpt.optional(),
	status: status.optional(),
	start_time: time.optional(),
	duration: z.number().optional(),
	misc: misc.optional(),
});

export const kcidbSchema = z.strictObject({
	version: z.strictObject({ major: z.literal(5), minor: z.literal(3) }),
	checkouts: z.array(checkout),
	builds: z.array(build),
	tests: z.array(test),
});

export type Kcidb = z.output<typeof kcidbSchema>;
