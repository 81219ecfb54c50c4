/** What `crucible bisect` is asked: commits between two ends, the patches of a series, or the fragments between two configurations. */

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
import { repositoryOf } from './repository.ts';
import { type SeriesFlags, seriesOf } from './series.ts';
import { type XfstestsFlags, xfstestsOf } from './xfstests.ts';

export interface BisectFlags extends SeriesFlags, XfstestsFlags {
	readonly good?: string;
	readonly bad?: string;
	readonly configGood?: string;
	readonly configBad?: string;
	readonly case?: string;
	readonly sign?: string;
	readonly confidence: number;
	readonly maxRuns: number;
	readonly timeout?: number;
	readonly seed?: number;
	readonly resume?: boolean;
	readonly json?: boolean;
}

export interface Begun {
	readonly begun: Omit<Bisection, 'badness' | 'outcome'>;
	/** What a commit's kernel is made of. */
	readonly kernelOf: BisectSite['kernelOf'];
}

/** What is to be bisected, from the flags or, where an interrupted bisection goes on, from that. Whatever does not fit is a UserError. */
export async function beginBisection(
	flags: BisectFlags,
	settings: Settings,
	earlier: Bisection | undefined,
	signal: AbortSignal,
): Promise<Begun> {
	const name = earlier?.case ?? flags.case;
	if (name === undefined) throw new UserError('--case is missing: the case that tells good from bad', { hint: './crucible list' });
	await suiteOf(name, flags);
	const [kernel = '', ...more] = settings.kernel;
	if (more.length > 0) throw new UserError('a bisection is of one kernel', { hint: `--kernel ${kernel}` });
	const now = new Date();
	const common = {
		schema: 1 as const,
		id: earlier?.id ?? newRunId(now),
		started: earlier?.started ?? now.toISOString(),
		case: name,
		config: earlier?.config ?? settings.config,
		confidence: earlier?.confidence ?? flags.confidence,
		findings: earlier?.findings ?? [],
		...signOf(earlier?.sign ?? flags.sign),
	};
	const series = await seriesOf(flags, settings.kernel, signal);
	const [base = kernel] = series.kernels;
	const kind = earlier?.kind ?? kindOf(flags);
	if (kind === 'commits') return betweenCommits(common, earlier, flags, settings, series.patches, signal);
	const asked = kind === 'configs' ? betweenConfigs(flags, earlier) : ofSeries(base, series.patches);
	const commits = asked.titles.map((title, at): Commit => ({ id: `${at}`, title, parents: at === 0 ? [] : [`${at - 1}`] }));
	if (earlier && JSON.stringify(earlier.commits) !== JSON.stringify(commits))
		throw new UserError('the newest bisection is of something else', { hint: 'give the same arguments again, or leave --resume away' });
	const { config } = common;
	return {
		begun: { ...common, kind, source: base, commits },
		kernelOf: (commit) => ({ spec: base, config, patches: series.patches, ...asked.kernelOf(commit) }),
	};
}

function kindOf({ good, bad, configGood, configBad }: BisectFlags): Bisection['kind'] {
	if (configGood !== undefined || configBad !== undefined) return 'configs';
	return good === undefined && bad === undefined ? 'patches' : 'commits';
}

interface Line {
	/** Of each state, the good end first. */
	readonly titles: readonly string[];
	/** What differs from state to state. */
	readonly kernelOf: (state: number) => { readonly config?: string; readonly patches?: readonly Patch[] };
}

/** The patches of a series, put on one after the other. */
function ofSeries(base: string, patches: readonly Patch[]): Line {
	if (patches.length === 0)
		throw new UserError('there is nothing to bisect', {
			hint: 'give --good and --bad, a series (--patch, --range), or --config-good and --config-bad',
		});
	const titles = [base, ...patches.map((patch) => patch.commit?.title ?? patch.name)];
	return { titles, kernelOf: (state) => ({ patches: patches.slice(0, state) }) };
}

/** The fragments in which two configurations differ, put in and taken out one after the other. */
function betweenConfigs(flags: BisectFlags, earlier: Bisection | undefined): Line {
	const [from, to] = [flags.configGood, flags.configBad];
	if (from === undefined || to === undefined)
		throw new UserError(`--config-${from === undefined ? 'good' : 'bad'} is missing`, {
			hint: earlier ? 'give both again' : './crucible bisect --config-good plain --config-bad kasan+lockdep --case …',
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
	return {
		titles: [from, ...changes.map(({ name, isIn }) => `${isIn ? 'with' : 'without'} ${name}`)],
		kernelOf: (state) => ({ config: configName(stateAt(state)) }),
	};
}

async function betweenCommits(
	common: Omit<Begun['begun'], 'kind' | 'source' | 'commits'>,
	earlier: Bisection | undefined,
	flags: BisectFlags,
	settings: Settings,
	patches: readonly Patch[],
	signal: AbortSignal,
): Promise<Begun> {
	const repository = earlier?.source ?? repositoryOf(settings.kernel);
	const hint = './crucible bisect --kernel ~/linux --good v6.11 --bad HEAD --case …';
	if (repository === undefined) throw new UserError(`${settings.kernel.join(' ')} is no git tree`, { hint });
	const [good, bad] = [earlier?.commits[0]?.id ?? flags.good, earlier?.commits.at(-1)?.id ?? flags.bad];
	if (good === undefined || bad === undefined) throw new UserError(`--${good === undefined ? 'good' : 'bad'} is missing`, { hint });
	const { commits, repository: source } = await readHistory(repository, good, bad, signal);
	const { config } = common;
	return {
		begun: { ...common, kind: 'commits', source, commits },
		kernelOf: (commit) => ({ spec: `${source}#${commits[commit]?.id ?? ''}`, config, patches }),
	};
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
