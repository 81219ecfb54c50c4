/** `run --resume`: a run that was cut off goes on as it was asked for, whatever the command leaves away; what would make another run of it is refused. */

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Patch } from '../kernel/patch.ts';
import { readSaved } from '../kernel/save-series.ts';
import type { PlannedJob } from '../model/event.ts';
import { describeJob, type Job, planChange } from '../session/plan.ts';
import { findRun } from '../session/store.ts';
import { UserError } from '../util/errors.ts';
import { shellQuote } from '../util/text.ts';
import { flagOf } from './flags.ts';
import { type RunFlags, type RunWords, readRunWords } from './run-words.ts';
import { type Series, seriesOf } from './series.ts';

export interface CutRun extends RunWords, Series {
	readonly id: string;
	readonly plan: readonly PlannedJob[];
	/** The command that began it. */
	readonly command: string;
}

/** They say what is run; the others how, and may change. */
const fixed = [
	'kernel',
	'config',
	'tag',
	'repeat',
	'sweep',
	'chain',
	'under',
	'timeout',
	'seed',
	'xfstests',
	'group',
	'excludeGroup',
	'test',
	'testFile',
	'exclude',
	'excludeFile',
] as const;

/** Finds the run `name`, or the latest, with all it was asked; `typed` is what stands beside `--resume`. */
export async function cutRun(
	results: string,
	name: string | true,
	typed: { readonly globs: readonly string[]; readonly flags: Partial<RunFlags> },
): Promise<CutRun> {
	const { id, dir, run, plan, isComplete } = await findRun(results, name === true ? 'latest' : name);
	const command = ['./crucible', ...run.command].map(shellQuote).join(' ');
	if (isComplete) throw new UserError(`the run ${id} is complete`, { hint: './crucible report shows it' });
	if (run.command[0] !== 'run') throw new UserError(`the run ${id} is not of crucible run`, { hint: `it was begun by ${command}` });
	const { globs, flags } = readRunWords(run.command.slice(1));
	const [job] = plan;
	const planned = {
		kernel: [...new Set(plan.map(({ kernelSpec }) => kernelSpec))],
		config: job?.config,
		seed: job?.seed ?? flags.seed,
		xfstests: plan.find(({ xfstests }) => xfstests !== undefined)?.xfstests,
	};
	const asked: RunFlags = { ...flags, ...planned };
	const isAsked = (name: (typeof fixed)[number]) =>
		typed.flags[name] === undefined || [flags[name], asked[name]].some((value) => isDeepStrictEqual(typed.flags[name], value));
	const other = fixed.find((name) => !isAsked(name));
	if (other !== undefined) throw refused(id, flagOf(other), command);
	if (typed.globs.length > 0 && !isDeepStrictEqual(typed.globs, globs)) throw refused(id, typed.globs.join(' '), command);
	const isPatched = flags.patch !== undefined || flags.range !== undefined;
	const patches = isPatched ? await readSaved(join(dir, 'series')) : [];
	const given = (['patch', 'range'] as const).find((name) => typed.flags[name] !== undefined);
	if (given !== undefined) {
		const now = await seriesOf(typed.flags, planned.kernel);
		if (!isDeepStrictEqual(textsOf(now.patches), textsOf(patches))) throw refused(id, flagOf(given), command);
	}
	// What goes to stdout is the new command's to say.
	const output = { json: undefined, events: undefined, dryRun: undefined };
	return { id, plan, command, globs, flags: { ...asked, ...output, ...typed.flags, ...planned }, kernels: planned.kernel, patches };
}

/** The suites, or the xfstests tree, may be others by now: then results would be dropped, and cases run that nobody planned. */
export function requirePlanned({ id, plan, command }: CutRun, jobs: readonly Job[]): void {
	const change = planChange(plan, jobs.map(describeJob));
	if (change !== undefined) throw new UserError(`the run ${id} ${change}`, { hint: `begin another: ${command}` });
}

function textsOf(patches: readonly Patch[]): string[] {
	return patches.map(({ text }) => text);
}

function refused(id: string, what: string, command: string): UserError {
	return new UserError(`--resume goes on with what the run ${id} was asked: ${what} cannot change`, {
		hint: `leave it away, or begin another run without --resume; ${id} was begun by ${command}`,
	});
}
