/** A bisection in git's own words, for `git bisect replay`. Pure. */

import { type Bisection, talliesOf } from '../model/bisection.ts';

// A commit that is less sure than this is not told as good or bad.
const sureness = 0.95;

/**
 * The text of a log as `git bisect log` prints it: the ends, what is sure of the commits that were looked at, and the first bad one. Later commits
 * come first, since git goes on from the last one that is told bad.
 */
export function gitBisectLog({ commits, findings, badness, outcome }: Bisection): string {
	const tallies = talliesOf(findings);
	const last = commits.length - 1;
	const lines = ['git bisect start'];
	const kernels = new Map(findings.flatMap((one) => (one.type === 'kernel' ? [[one.commit, one.identity] as const] : [])));
	const seen = [...new Set([...tallies.keys(), ...kernels.keys()])].sort((a, b) => b - a);
	const order = [last, 0, ...seen.filter((at) => at !== last && at !== 0)];
	/** The commit whose runs told of the kernel that this one has, too. */
	const twinOf = (at: number) => commits[[...tallies.keys()].find((other) => other !== at && kernels.get(other) === kernels.get(at)) ?? -1];
	for (const at of order) {
		const commit = commits[at];
		if (!commit) continue;
		const tally = tallies.get(at);
		const share = badness[at] ?? 0.5;
		const word = at === last || (at !== 0 && share >= sureness) ? 'bad' : at === 0 || share <= 1 - sureness ? 'good' : undefined;
		const votes = tally === undefined ? 0 : tally.failed + tally.passed;
		const twin = tally === undefined ? twinOf(at) : undefined;
		const said =
			tally?.why ?? (votes > 0 ? `failed ${tally?.failed} of ${votes} times` : twin ? `the kernel of ${twin.id.slice(0, 12)}` : '');
		const verdict = tally?.why !== undefined && votes === 0 && at !== last && at !== 0 ? 'skip' : word;
		lines.push(`# ${verdict ?? 'unsure'}: [${commit.id}] ${commit.title}${said && ` (${said.replaceAll('\n', ' ')})`}`);
		if (verdict !== undefined) lines.push(`git bisect ${verdict} ${commit.id}`);
	}
	if (outcome?.kind === 'found') {
		const [only, ...more] = outcome.suspects.flatMap((at) => commits[at] ?? []);
		if (only && more.length === 0) lines.push(`# first bad commit: [${only.id}] ${only.title}`);
		else
			for (const commit of outcome.suspects.flatMap((at) => commits[at] ?? []))
				lines.push(`# possible first bad commit: [${commit.id}] ${commit.title}`);
	}
	return `${lines.join('\n')}\n`;
}
