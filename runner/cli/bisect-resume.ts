/** `crucible bisect --resume`: what a vote means stays as it was begun; how sure to be, and when to give up, may change. */

import { join } from 'node:path';
import { configName, parseConfigName } from '../kernel/config-fragments.ts';
import { resolveCommit } from '../kernel/git.ts';
import { readSeries } from '../kernel/read-series.ts';
import type { Bisection } from '../model/bisection.ts';
import { bisectFiles } from '../session/bisect.ts';
import { UserError } from '../util/errors.ts';
import { type Begun, type BisectFlags, hashesOf, kernelsOf, suiteOf } from './bisect-request.ts';
import { pinnedKernel, repositoryOf } from './repository.ts';
import { seriesOf } from './series.ts';
import { userPath } from './user-path.ts';

/** Goes on with `earlier`, whose folder is `dir`. A flag that says otherwise than it was begun with is a UserError. */
export async function resumeBisection(flags: BisectFlags, earlier: Begun['begun'], dir: string, signal: AbortSignal): Promise<Begun> {
	const other = (await said(flags, earlier, signal)).find(({ given, kept }) => given !== undefined && given !== kept);
	if (other)
		throw new UserError(`--resume goes on with what the bisection ${earlier.id} has: --${other.flag} cannot change`, {
			hint: 'leave it away, or begin another bisection without --resume',
		});
	const suite = await suiteOf(earlier.case, { ...flags, ...(earlier.xfstests !== undefined && { xfstests: earlier.xfstests }) });
	const patches = earlier.patches.length === 0 ? [] : await readSeries([join(dir, bisectFiles.series)], signal);
	const begun = { ...earlier, confidence: flags.confidence ?? earlier.confidence, mostRuns: flags.maxRuns ?? earlier.mostRuns };
	return { begun, suite, patches, kernelOf: kernelsOf(begun, patches) };
}

interface Said {
	readonly flag: string;
	/** Undefined where the flag is not given. */
	readonly given: unknown;
	readonly kept: unknown;
}

async function said(flags: BisectFlags, earlier: Begun['begun'], signal: AbortSignal): Promise<Said[]> {
	const { kind, source, commits, configs } = earlier;
	// HEAD is the work tree's own, where --kernel names one.
	const repository = kind === 'commits' ? repositoryOf(flags.kernel ?? [source]) : undefined;
	const idOf = async (ref: string | undefined) => (ref && repository ? (await resolveCommit(repository, ref, signal)).id : ref);
	const end = (at: number) => (kind === 'commits' ? commits.at(at)?.id : undefined);
	const config = (name: string | undefined) => name && configName(parseConfigName(name));
	const series = await seriesOf(flags, flags.kernel ?? [source], signal);
	const hashes = (flags.patch ?? flags.range) ? hashesOf(series.patches).join() : undefined;
	return [
		{ flag: 'case', given: flags.case, kept: earlier.case },
		{ flag: 'sign', given: flags.sign, kept: earlier.sign },
		{ flag: 'good', given: await idOf(flags.good), kept: end(0) },
		{ flag: 'bad', given: await idOf(flags.bad), kept: end(-1) },
		{ flag: 'config-good', given: config(flags.configGood), kept: configs?.at(0) },
		{ flag: 'config-bad', given: config(flags.configBad), kept: configs?.at(-1) },
		{ flag: 'config', given: config(flags.config), kept: config(earlier.config) },
		{ flag: 'kernel', given: await sourceOf(flags, series.kernels, kind, signal), kept: source },
		{ flag: flags.range === undefined ? 'patch' : 'range', given: hashes, kept: earlier.patches.join() },
		{ flag: 'accel', given: flags.accel, kept: earlier.accel },
		{ flag: 'no-warp', given: flags.warp === false ? false : undefined, kept: earlier.warp },
		{ flag: 'seed', given: flags.seed, kept: earlier.seed },
		{ flag: 'timeout', given: flags.timeout, kept: earlier.timeoutS },
		{ flag: 'xfstests', given: flags.xfstests && userPath(flags.xfstests), kept: earlier.xfstests },
	];
}

/** As the state has it; undefined where no flag names a kernel. */
async function sourceOf(
	flags: BisectFlags,
	kernels: readonly string[],
	kind: Bisection['kind'],
	signal: AbortSignal,
): Promise<string | undefined> {
	if (kind !== 'commits') return (flags.kernel ?? flags.range) ? pinnedKernel(kernels.join(' '), signal) : undefined;
	if (flags.kernel === undefined) return undefined;
	const repository = repositoryOf(flags.kernel);
	return repository === undefined ? flags.kernel.join(' ') : (await resolveCommit(repository, 'HEAD', signal)).repository;
}
