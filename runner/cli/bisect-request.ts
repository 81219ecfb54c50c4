/** What `crucible bisect` is asked: commits between two ends, the patches of a series, or the fragments between two configurations. */

import { randomInt } from 'node:crypto';
import { checkout } from '../config/paths.ts';
import type { Settings } from '../config/settings.ts';
import { configName, parseConfigName } from '../kernel/config-fragments.ts';
import { readHistory } from '../kernel/git-history.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Bisection, Commit } from '../model/bisection.ts';
import type { BisectSite } from '../session/bisect-world.ts';
import { newRunId } from '../session/store.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { hashOf } from '../util/hash.ts';
import { pinnedKernel, repositoryOf } from './repository.ts';
import { type SeriesFlags, seriesOf } from './series.ts';
import { type XfstestsFlags, xfstestsOf } from './xfstests.ts';

export interface BisectFlags extends SeriesFlags, XfstestsFlags {
	readonly good?: string;
	readonly bad?: string;
	readonly configGood?: string;
	readonly configBad?: string;
	readonly case?: string;
	readonly sign?: string;
	readonly confidence?: number;
	readonly maxRuns?: number;
	readonly timeout?: number;
	readonly seed?: number;
	readonly config?: string;
	readonly accel?: string;
	readonly warp?: boolean;
	readonly resume?: boolean;
	readonly json?: boolean;
}

export interface Begun {
	readonly begun: Omit<Bisection, 'badness' | 'outcome'>;
	/** With the one case. */
	readonly suite: Suite;
	readonly patches: readonly Patch[];
	/** What a commit's kernel is made of. */
	readonly kernelOf: BisectSite['kernelOf'];
}

/** What is to be bisected. Whatever does not fit is a UserError. */
export async function beginBisection(flags: BisectFlags, settings: Settings, signal: AbortSignal): Promise<Begun> {
	if (flags.case === undefined) throw new UserError('--case is missing: the case that tells good from bad', { hint: './crucible list' });
	const suite = await suiteOf(flags.case, flags);
	const [kernel = '', ...more] = settings.kernel;
	if (more.length > 0) throw new UserError('a bisection is of one kernel', { hint: `--kernel ${kernel}` });
	const sign = signOf(flags.sign);
	const { kernels, patches } = await seriesOf(flags, settings.kernel, signal);
	const now = new Date();
	const begun = {
		schema: 2 as const,
		id: newRunId(now),
		started: now.toISOString(),
		case: flags.case,
		config: settings.config,
		patches: hashesOf(patches),
		accel: settings.accel,
		warp: settings.warp,
		seed: flags.seed ?? randomInt(2 ** 30),
		...(flags.timeout !== undefined && { timeoutS: flags.timeout }),
		...(suite.xfstests !== undefined && { xfstests: suite.xfstests }),
		...sign,
		confidence: flags.confidence ?? 0.98,
		mostRuns: flags.maxRuns ?? 1000,
		findings: [],
		...(await lineOf(flags, settings, kernels[0] ?? kernel, patches, signal)),
	};
	return { begun, suite, patches, kernelOf: kernelsOf(begun, patches) };
}

/** Equal for the same series. */
export function hashesOf(patches: readonly Patch[]): string[] {
	return patches.map(({ text }) => hashOf(text));
}

/** What the kernel of each commit is made of. */
export function kernelsOf(
	{ kind, source, commits, config, configs }: Pick<Bisection, 'kind' | 'source' | 'commits' | 'config' | 'configs'>,
	patches: readonly Patch[],
): BisectSite['kernelOf'] {
	return (at) => ({
		spec: kind === 'commits' ? `${source}#${commits[at]?.id ?? ''}` : source,
		config: configs?.[at] ?? config,
		patches: kind === 'patches' ? patches.slice(0, at) : patches,
	});
}

type Line = Pick<Bisection, 'kind' | 'source' | 'commits' | 'configs'>;

/** What lies between the two ends. `base` is what the series goes on top of. */
async function lineOf(flags: BisectFlags, settings: Settings, base: string, patches: readonly Patch[], signal: AbortSignal): Promise<Line> {
	const { good, bad, configGood, configBad } = flags;
	if (configGood !== undefined || configBad !== undefined) {
		refuseIdle(flags);
		return { kind: 'configs', source: await pinnedKernel(base, signal), ...betweenConfigs(configGood, configBad) };
	}
	if (good !== undefined || bad !== undefined) return betweenCommits(good, bad, settings, signal);
	if (patches.length === 0)
		throw new UserError('there is nothing to bisect', {
			hint: 'give --good and --bad, a series (--patch, --range), or --config-good and --config-bad',
		});
	const titles = patches.map((patch) => patch.commit?.title ?? patch.name);
	return { kind: 'patches', source: await pinnedKernel(base, signal), commits: inRow([base, ...titles]) };
}

/** Refuses what would have no effect between two configurations, so that nobody takes the answer for one about it. */
function refuseIdle(flags: BisectFlags): void {
	const idle = (['good', 'bad', 'config'] as const).find((name) => flags[name] !== undefined);
	if (idle !== undefined)
		throw new UserError(`--${idle} would do nothing: --config-good and --config-bad are the ends`, {
			hint: `leave it out, or ${idle === 'config' ? 'join it to both with +' : 'bisect commits and configurations one after the other'}`,
		});
}

function inRow(titles: readonly string[]): Commit[] {
	return titles.map((title, at) => ({ id: `${at}`, title, parents: at === 0 ? [] : [`${at - 1}`] }));
}

/** The fragments in which two configurations differ, put in and taken out one after the other. */
function betweenConfigs(from: string | undefined, to: string | undefined): Pick<Line, 'commits' | 'configs'> {
	if (from === undefined || to === undefined)
		throw new UserError(`--config-${from === undefined ? 'good' : 'bad'} is missing`, {
			hint: './crucible bisect --config-good plain --config-bad kasan+lockdep --case …',
		});
	const [before, after] = [parseConfigName(from), parseConfigName(to)];
	const changes = [
		...after.filter((name) => !before.includes(name)).map((name) => ({ name, isIn: true })),
		...before.filter((name) => !after.includes(name)).map((name) => ({ name, isIn: false })),
	];
	if (changes.length === 0)
		throw new UserError(`${from} and ${to} are the same configuration`, { hint: 'check --config-good and --config-bad' });
	const stateAt = (state: number) => {
		const made = changes.slice(0, state);
		const gone = new Set(made.filter(({ isIn }) => !isIn).map(({ name }) => name));
		return [...before.filter((name) => !gone.has(name)), ...made.filter(({ isIn }) => isIn).map(({ name }) => name)];
	};
	const commits = inRow([from, ...changes.map(({ name, isIn }) => `${isIn ? 'with' : 'without'} ${name}`)]);
	return { commits, configs: commits.map((_, state) => configName(stateAt(state))) };
}

async function betweenCommits(good: string | undefined, bad: string | undefined, settings: Settings, signal: AbortSignal): Promise<Line> {
	const repository = repositoryOf(settings.kernel);
	const hint = './crucible bisect --kernel ~/linux --good v6.11 --bad HEAD --case …';
	if (repository === undefined) throw new UserError(`${settings.kernel.join(' ')} is no git tree`, { hint });
	if (good === undefined || bad === undefined) throw new UserError(`--${good === undefined ? 'good' : 'bad'} is missing`, { hint });
	const { commits, repository: source } = await readHistory(repository, good, bad, signal);
	return { kind: 'commits', source, commits };
}

function signOf(sign: string | undefined): { readonly sign?: string } {
	if (sign === undefined) return {};
	try {
		new RegExp(sign);
		return { sign };
	} catch (error) {
		throw new UserError(`--sign ${sign}: ${(error as Error).message}`, {
			hint: 'a regular expression, such as "KASAN: slab-use-after-free"',
		});
	}
}

/** The suite with the one case. */
export async function suiteOf(name: string, flags: XfstestsFlags): Promise<Suite> {
	const suites = selectCases(await loadSuites(checkout.suites, await xfstestsOf(flags, [name])), [name], []);
	const [suite] = suites;
	if (!suite || suites.length > 1 || suite.cases.length > 1)
		throw new UserError(`--case ${name} names ${suites.flatMap(({ cases }) => cases).length} cases, and one must tell`, {
			hint: './crucible list --names',
		});
	return suite;
}
