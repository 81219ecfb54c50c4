/** A bisection for a terminal: a line for each finding, and at the end the culprit, how sure that is, and what it rests on. */

import { type Bisection, type Commit, type Finding, talliesOf } from '../model/bisection.ts';
import { count } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import type { Paint } from './paint.ts';

const percent = (part: number) => `${(part * 100).toFixed(part > 0.995 && part < 1 ? 2 : 0)} %`;

/** `1a2b3c4d5e6f netfs: fix it`. */
export function commitText({ id, title }: Commit): string {
	return `${id.slice(0, 12)} ${oneLine(title)}`;
}

/** After a finding; `blame` is the probability of each commit to be the first bad one, by index. */
interface Suspected extends Bisection {
	readonly blame: readonly number[];
}

/** One line for a finding; `state` is after it. */
export function findingLine(finding: Finding, state: Suspected, paint: Paint): string {
	const commit = state.commits[finding.commit];
	const name = commit ? commitText(commit) : '';
	if (finding.type === 'untestable') return `${paint('yellow', 'skip')}  ${name}  ${oneLine(finding.why)}`;
	if (finding.type === 'kernel') {
		const same = state.findings.find((one) => one.type === 'kernel' && one.commit !== finding.commit && one.identity === finding.identity);
		const twin = same && state.commits[same.commit];
		return `${paint('dim', 'built')} ${name}${twin ? paint('dim', `  the same kernel as ${commitText(twin)}: needs no run`) : ''}`;
	}
	const { failed, passed } = finding;
	const word = failed > 0 ? paint('alarm', 'fail') : paint('green', 'pass');
	return `${word}  ${name}  failed ${failed} of ${failed + passed}; ${suspicion(state)}`;
}

/** `17 commits suspected, the likeliest 43 %`. */
function suspicion({ blame }: Suspected): string {
	const left = blame.filter((part) => part > 0.001).length;
	return `${count(left, 'commit')} suspected, the likeliest ${percent(Math.max(0, ...blame))}`;
}

/** The end: the answer first. `evidence` are lines of a failing run at the culprit. */
export function bisectionLines(
	state: Bisection,
	options: { readonly paint: Paint; readonly dir: string; readonly evidence: readonly string[] },
): string[] {
	const { paint } = options;
	const tallies = [...talliesOf(state.findings)].sort(([a], [b]) => a - b);
	const runs = tallies.reduce((sum, [, { failed, passed }]) => sum + failed + passed, 0);
	return [
		...answerLines(state, paint),
		'',
		...tallies.map(([at, { failed, passed, why }]) => {
			const commit = state.commits[at];
			const said = why !== undefined && failed + passed === 0 ? `not testable: ${oneLine(why)}` : `failed ${failed} of ${failed + passed}`;
			return `${percent(state.badness[at] ?? 0).padStart(8)} bad  ${commit ? commitText(commit) : ''}  ${said}`;
		}),
		...(options.evidence.length > 0 ? ['', ...options.evidence] : []),
		'',
		paint('dim', `${count(runs, 'run')} of ${state.case} on ${count(tallies.length, 'commit')} of ${state.commits.length}`),
		`state    ${options.dir}`,
		...(state.kind === 'commits' ? [`git      git bisect replay ${options.dir}/BISECT_LOG`] : []),
	];
}

function answerLines({ outcome, commits }: Bisection, paint: Paint): string[] {
	if (!outcome) return [paint('yellow', 'not ended: ./crucible bisect --resume goes on')];
	if (outcome.kind === 'ends') return [paint('yellow', `nothing to bisect: ${oneLine(outcome.why)}`)];
	const suspects = outcome.suspects.flatMap((at) => commits[at] ?? []);
	const [first, ...more] = suspects;
	if (outcome.kind === 'unsure')
		return [
			paint('yellow', `not sure: ${oneLine(outcome.why)}`),
			...suspects.map((commit) => `  ${commitText(commit)}`),
			...(first ? [`together ${percent(outcome.confidence)}`] : []),
		];
	if (first && more.length === 0)
		return [
			`${paint('alarm', first.id)} is the first bad commit, ${percent(outcome.confidence)} sure`,
			`  ${paint('bold', oneLine(first.title))}`,
		];
	return [
		`one of ${count(suspects.length, 'commit')} is the first bad one, ${percent(outcome.confidence)} sure; what is between them cannot be tested`,
		...suspects.map((commit) => `  ${commitText(commit)}`),
	];
}
