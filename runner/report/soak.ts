/** A soak for people: what ran, what it found, how to see that again, and what that takes of the disk. */

import { settingTable } from '../config/settings.ts';
import { recipeWords } from '../model/recipe.ts';
import { type Status, statuses } from '../model/run.ts';
import { bytesKept, type Finding, type RoundKind, type Soak, type SoakEntry } from '../model/soak.ts';
import { count, formatBytes, formatHours, shellQuote } from '../util/text.ts';
import { oneLine } from './harmless-run.ts';
import { type Paint, statusColors } from './paint.ts';

/** What is under way, beyond the last state. */
export interface SoakNow {
	readonly elapsedMs: number;
	readonly counts: Readonly<Partial<Record<Status, number>>>;
}

export interface DigestOptions {
	readonly paint: Paint;
	/** Where the soak is, as the user should see it. */
	readonly dir: string;
	readonly now?: SoakNow | undefined;
}

const kinds: Readonly<Record<RoundKind, string>> = { chains: 'of chains', faults: 'under faults', sweep: 'of a sweep' };

/** Lines without newlines. */
export function soakDigest(state: Soak, { paint, dir, now }: DigestOptions): string[] {
	const ran = state.ranMs + (now?.elapsedMs ?? 0);
	const left = Math.max(0, state.forMs - ran);
	const removed = state.rounds.filter(({ isRemoved }) => isRemoved).length;
	const end = state.ended === undefined ? `${formatHours(left)} left` : 'ended';
	const problems = state.rounds.flatMap(({ number, problem }) => (problem === undefined ? [] : [`round ${number}: ${oneLine(problem)}`]));
	return [
		`${paint('bold', `soak ${state.id}`)}  ${formatHours(ran)} of ${formatHours(state.forMs)}, ${end}; seed ${state.seed}`,
		`kernels   ${state.kernels.join(', ')} ${state.config}${state.patches.length > 0 ? ` with a series of ${state.patches.length}` : ''}`,
		`rounds    ${roundsText(state)}${stepText(state)}`,
		`cases     ${countsText(state, now, paint)}`,
		...(problems.length > 0 ? [`problems  ${problems.slice(-3).join('; ')}`] : []),
		`disk      ${formatBytes(bytesKept(state))} of ${formatBytes(state.keepBytes)}${removed > 0 ? `; ${count(removed, 'round')} removed` : ''}`,
		`state     ${dir}`,
		'',
		...(state.findings.length === 0
			? ['nothing new failed']
			: [paint('alarm', `${count(state.findings.length, 'failure')} that nobody knew`)]),
		...state.findings.flatMap((finding) => findingLines(state, finding, dir, paint)),
	];
}

/** The command that shows a finding again, from the top of the checkout. */
export function findingCommand(state: Soak, finding: Finding, dir: string): string {
	const { entry, tried } = finding.reduced ?? { entry: finding.entry, tried: 1 };
	return [
		'./crucible run',
		...recipeWords(entry.suite, entry).map(shellQuote),
		...(state.patches.length > 0 ? ['--patch', shellQuote(`${dir}/series`)] : []),
		'--kernel',
		shellQuote(finding.kernelSpec),
		...(state.config === settingTable.config.fallback ? [] : ['--config', shellQuote(state.config)]),
		`--seed ${finding.first.seed}`,
		`--repeat ${Math.max(1, tried)}`,
	].join(' ');
}

/** `erofs-ondemand/partial, then cold-warm`. */
function entryText({ suite, cases, sweep, under }: SoakEntry): string {
	return [
		`${suite}/${cases.join(', then ')}`,
		...(sweep === undefined ? [] : [`with ${sweep}`]),
		...(under === undefined ? [] : [`under ${under}`]),
	].join(' ');
}

function findingLines(state: Soak, finding: Finding, dir: string, paint: Paint): string[] {
	const { key, title, first, times, after, evidence } = finding;
	const name = key === title ? oneLine(title) : `${oneLine(title)}  ${paint('dim', key)}`;
	const where = `${times}x, first in round ${first.round} after ${formatHours(first.atMs)}, by ${first.case}, seed ${first.seed}`;
	return [
		'',
		paint('red', name),
		`    ${where}`,
		`    ${after === undefined ? reducedText(finding) : `after ${after} in the same guest: not reduced on its own`}`,
		`    ${findingCommand(state, finding, dir)}`,
		paint('dim', `    files: ${dir}/${evidence?.run ?? first.run}`),
	];
}

function reducedText({ entry, reduced, tries, unreduced }: Finding): string {
	if (unreduced !== undefined) return `not reduced, ${oneLine(unreduced)}: ${entryText(entry)}`;
	if (!reduced) return `not reduced yet, ${count(tries.length, 'list')} tried: ${entryText(entry)}`;
	if (reduced.shown === 0) return `did not come again in ${reduced.tried} tries of ${entryText(entry)}`;
	const was = entry.cases.length > reduced.entry.cases.length ? ` (was ${count(entry.cases.length, 'case')})` : '';
	return `reduced to ${entryText(reduced.entry)}${was}: ${reduced.shown}/${reduced.tried}`;
}

function roundsText({ rounds }: Soak): string {
	const parts = Object.entries(kinds).flatMap(([kind, text]) => {
		const of = rounds.filter((one) => one.kind === kind).length;
		return of === 0 ? [] : [`${of} ${text}`];
	});
	return `${rounds.length}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

function stepText({ step, findings }: Soak): string {
	if (!step) return '';
	if (step.type === 'round') return `; now round ${step.number}`;
	return `; now reducing ${oneLine(findings.find(({ key }) => key === step.key)?.title ?? step.key)}`;
}

function countsText({ rounds }: Soak, now: SoakNow | undefined, paint: Paint): string {
	const all = [...rounds.map(({ counts }) => counts), now?.counts ?? {}];
	const of = (status: Status) => all.reduce((sum, counts) => sum + (counts[status] ?? 0), 0);
	const parts = statuses.flatMap((status) => (of(status) > 0 ? [paint(statusColors[status], `${of(status)} ${status}`)] : []));
	return parts.join(', ') || 'none ran';
}
