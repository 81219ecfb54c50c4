/** Accepted splats: suites/known-issues.yaml, each with its reason, link and expiry; what matches turns FAIL into XFAIL. */

import { z } from 'zod';
import type { Splat } from '../model/run.ts';
import { readYaml } from './yaml.ts';

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date, YYYY-MM-DD');

const knownIssue = z.strictObject({
	id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
	/** Regular expression on the splat's title. */
	title: z.string().min(1).refine(isRegExp, 'not a regular expression'),
	/** Must also occur among the splat's frames, as function names. */
	frames: z.array(z.string()).default([]),
	/** Kernel versions by prefix: "6.1" is any 6.1.y. */
	kernels: z.array(z.string().regex(/^\d+\.\d+(\.\d+)?$/, 'a version such as 6.1')).min(1),
	/**
	 * Suites that show it whenever they run on those kernels, with the debug fragment that reports it; when they do not, the entry is reported.
	 * None where it shows now and then.
	 */
	suites: z.array(z.string()),
	/** A task of the kernel dies of it, and what that had is never given back: nothing else that the attempt says counts. */
	isFatal: z.boolean().default(false),
	reason: z.string().min(1),
	link: z.string().min(1),
	/** The last day it is accepted. */
	until: date,
});

export type KnownIssue = z.output<typeof knownIssue>;

const schema = z.strictObject({ issues: z.array(knownIssue) });

/** Reads the file; ids are unique. */
export async function readKnownIssues(file: string): Promise<readonly KnownIssue[]> {
	return (await readYaml(schema, file)).issues;
}

/** Whether the issue speaks of that kernel; `release` is `uname -r`. */
export function concerns(issue: KnownIssue, release: string): boolean {
	return issue.kernels.some((version) => release === version || release.startsWith(`${version}.`) || release.startsWith(`${version}-`));
}

/** Reports that only a kernel with a fragment of kconfig/debug makes, by what their titles say (parse/splat-formats). */
const tellers: readonly { readonly fragment: string; readonly title: RegExp }[] = [
	{ fragment: 'kasan', title: /\bKASAN\b/ },
	{ fragment: 'kcsan', title: /\bKCSAN\b/ },
	{ fragment: 'kmemleak', title: /memory leak/ },
	{
		fragment: 'lockdep',
		title:
			/deadlock|lock state|unlock balance|held lock|locks? held|RCU usage|Nested lock|bad contention|chain_key|wait context|non-static key/,
	},
];

/** Whether a kernel of that config, `kasan+lockdep`, would report it. */
export function isToldBy(issue: KnownIssue, config: string): boolean {
	const fragments = config.split('+');
	return tellers.every(({ fragment, title }) => !title.test(issue.title) || fragments.includes(fragment));
}

/** The issue that accepts the splat on this kernel today, if any; an expired one accepts nothing. */
export function acceptedBy(issues: readonly KnownIssue[], splat: Splat, release: string, today: string): KnownIssue | undefined {
	const functions = new Set(splat.stacks.flatMap((stack) => stack.frames.map((frame) => frame.function)));
	return issues.find(
		(issue) =>
			issue.until >= today &&
			concerns(issue, release) &&
			new RegExp(issue.title).test(splat.title) &&
			issue.frames.every((name) => functions.has(name)),
	);
}

/** Entries a reader must hear of: expired ones, and, where `seen` says which ids matched on a kernel that ran, unmatched ones. */
export function staleIssues(
	issues: readonly KnownIssue[],
	today: string,
	ran: readonly { readonly release: string; readonly matched: ReadonlySet<string>; readonly couldShow: (issue: KnownIssue) => boolean }[],
): string[] {
	const expired = issues
		.filter((issue) => issue.until < today)
		.map((issue) => `known issue ${issue.id} expired on ${issue.until}: it accepts nothing any more`);
	const unmatched = issues
		.filter((issue) => issue.until >= today)
		.flatMap((issue) =>
			ran
				.filter((kernel) => concerns(issue, kernel.release) && kernel.couldShow(issue) && !kernel.matched.has(issue.id))
				.map((kernel) => `known issue ${issue.id} did not show on ${kernel.release}: is it fixed?`),
		);
	return [...expired, ...unmatched];
}

function isRegExp(text: string): boolean {
	try {
		new RegExp(text);
		return true;
	} catch {
		return false;
	}
}
