/** A failed case as a shell script that somebody else can run: the same kernel, patches, seed and schedule. Pure. */

import { recipeWords } from '../model/recipe.ts';
import type { CaseResult, JobResult, Run } from '../model/run.ts';
import { shellQuote } from '../util/text.ts';
import { tellingSeed } from './attempts.ts';
import { oneLine } from './harmless-run.ts';

export interface SeriesFile {
	readonly name: string;
	readonly text: string;
}

/** The whole script; the patches are in it. */
export function reproScript(run: Run, job: JobResult, result: CaseResult, series: readonly SeriesFile[]): string {
	const name = `${result.suite}/${result.case}`;
	const kernel = kernelOf(job);
	const [, commit, dirty] = /^([0-9a-f]+)(-dirty)?$/.exec(run.crucible.commit ?? '') ?? [];
	const changes = dirty === undefined ? '' : ' with changes that are in no commit';
	const repeat = result.attempts.filter(({ status }) => status === 'PASS' || status === 'FAIL').length;
	const args = [
		...runWords(job, result),
		...(series.length > 0 ? ['--patch', '"$patches"'] : []),
		'--repeat',
		`"\${TIMES:-${Math.max(1, repeat)}}"`,
	];
	return `${[
		'#!/bin/sh',
		`# ${oneLine(name)}: ${oneLine(result.reason ?? result.status)}`,
		`# ${rateOf(result)}; seen in run ${run.id} on ${oneLine(job.kernel?.origin ?? job.kernelSpec)}`,
		...identityLines(job),
		'#',
		`# Needs a checkout of fscache-crucible${commit === undefined ? '' : ` (this was ${commit}${changes})`}: run it there, or set CRUCIBLE to its ./crucible.`,
		...(kernel.needs === undefined ? [] : [`# ${kernel.needs}`]),
		...(job.xfstests === undefined ? [] : [`# Set XFSTESTS to a checkout of xfstests like ${oneLine(job.xfstests)}.`]),
		'# TIMES is how often the case runs.',
		...(result.isRecordable
			? ['# With `rr record` for `run` and --tries for --repeat, a failure is recorded, to be looked at with gdb, forwards and backwards.']
			: []),
		'set -eu',
		`crucible=\${CRUCIBLE:-./crucible}`,
		'[ -x "$crucible" ] || { echo "set CRUCIBLE to the crucible of a checkout of fscache-crucible" >&2; exit 129; }',
		...(commit === undefined
			? []
			: [
					`[ "$(git -C "$(dirname "$crucible")" rev-parse --short=12 HEAD 2>/dev/null)" = ${commit} ] ||`,
					`	echo "note: the suites and schedules may differ from those of commit ${commit}" >&2`,
				]),
		...(series.length > 0 ? ['patches=$(mktemp -d)', `trap 'rm -rf "$patches"' EXIT`] : []),
		...series.flatMap(heredoc),
		`"$crucible" ${args.join(' ')} "$@"`,
	].join('\n')}\n`;
}

/** The case as the words after `crucible`, quoted for a shell; nothing in them is of the machine that it ran on. */
export function runWords(job: JobResult, result: CaseResult): string[] {
	const seed = tellingSeed(job, result);
	return [
		'run',
		...recipeWords(result.suite, result.recipe ?? { cases: [result.case] }).map(shellQuote),
		'--kernel',
		kernelOf(job).word,
		'--config',
		shellQuote(job.config),
		...(job.xfstests === undefined ? [] : ['--xfstests', `"\${XFSTESTS:?a checkout of xfstests}"`]),
		...(seed === undefined ? [] : ['--seed', String(seed)]),
		...(job.timeoutS === undefined ? [] : ['--timeout', String(job.timeoutS)]),
	];
}

function rateOf({ attempts }: CaseResult): string {
	const votes = attempts.filter(({ status }) => status !== 'ERROR');
	return `failed ${votes.filter(({ status }) => status === 'FAIL').length} of ${votes.length} times`;
}

/** What --kernel is given, and what a stranger has to have for it. */
function kernelOf({ kernelSpec, kernel }: JobResult): { readonly word: string; readonly needs?: string } {
	if (kernelSpec.startsWith('debian:')) return { word: shellQuote(kernelSpec) };
	// "git 1a2b3c... of linux + fix.patch"
	const commit = /^git ([0-9a-f]{40}) /.exec(kernel?.origin ?? '')?.[1];
	if (commit !== undefined)
		return {
			word: `"\${LINUX:?a git repository that has commit ${commit.slice(0, 12)}}#${commit}"`,
			needs: `Set LINUX to a git repository that has commit ${commit}.`,
		};
	return { word: `"\${LINUX:?a kernel tree like the one above}"`, needs: 'Set LINUX to a kernel tree like the one above.' };
}

function identityLines({ kernel }: JobResult): string[] {
	if (!kernel) return [];
	const { release, compiler, hashes } = kernel;
	return [`# ${oneLine(release)}, ${oneLine(compiler)}`, `# vmlinux ${hashes.vmlinux}`, `# .config ${hashes.config}`];
}

/** A file as a here document, under a mark that is no line of it. */
function heredoc({ name, text }: SeriesFile): string[] {
	let mark = 'END_OF_PATCH';
	while (text.split('\n').includes(mark)) mark += '_';
	return [`cat >"$patches"/${shellQuote(name)} <<'${mark}'`, text.replace(/\n$/, ''), mark];
}
