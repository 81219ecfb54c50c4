/** What `crucible bisect` is asked: commits between two ends, or the patches of a series, and the case that tells. */

import { checkout } from '../config/paths.ts';
import type { Settings } from '../config/settings.ts';
import { readHistory } from '../kernel/git-history.ts';
import type { Patch } from '../kernel/patch.ts';
import type { Bisection, Commit } from '../model/bisection.ts';
import { newRunId } from '../session/store.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { repositoryOf } from './repository.ts';
import { type SeriesFlags, seriesOf } from './series.ts';

export interface BisectFlags extends SeriesFlags {
	readonly good?: string;
	readonly bad?: string;
	readonly case?: string;
	readonly sign?: string;
	readonly confidence: number;
	readonly maxRuns: number;
	readonly seed?: number;
	readonly resume?: boolean;
	readonly json?: boolean;
}

export interface Begun {
	readonly begun: Omit<Bisection, 'badness' | 'outcome'>;
	/** What a commit's kernel is made of. */
	readonly kernelOf: (commit: number) => { readonly spec: string; readonly patches: readonly Patch[] };
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
	await suiteOf(name);
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
	const isSeries = earlier ? earlier.kind === 'patches' : flags.good === undefined && flags.bad === undefined;
	const series = await seriesOf(flags, settings.kernel, signal);
	if (isSeries) {
		const { patches } = series;
		const [base = kernel] = series.kernels;
		if (patches.length === 0)
			throw new UserError('there is nothing to bisect', { hint: 'give --good and --bad, or a series: --patch, --range' });
		const commits: Commit[] = [
			{ id: '0', title: base, parents: [] },
			...patches.map((patch, at) => ({ id: `${at + 1}`, title: patch.commit?.title ?? patch.name, parents: [`${at}`] })),
		];
		sameAs(earlier, commits);
		return {
			begun: { ...common, kind: 'patches', source: base, commits },
			kernelOf: (commit) => ({ spec: base, patches: patches.slice(0, commit) }),
		};
	}
	const repository = earlier?.source ?? repositoryOf(settings.kernel);
	if (repository === undefined)
		throw new UserError(`${kernel} is no git tree`, { hint: './crucible bisect --kernel ~/linux --good A --bad B --case …' });
	const [good, bad] = [earlier?.commits[0]?.id ?? flags.good, earlier?.commits.at(-1)?.id ?? flags.bad];
	if (good === undefined || bad === undefined)
		throw new UserError(`--${good === undefined ? 'good' : 'bad'} is missing`, {
			hint: './crucible bisect --kernel ~/linux --good v6.11 --bad HEAD --case …',
		});
	const history = await readHistory(repository, good, bad, signal);
	const { commits } = history;
	return {
		begun: { ...common, kind: 'commits', source: history.repository, commits },
		kernelOf: (commit) => ({ spec: `${history.repository}#${commits[commit]?.id ?? ''}`, patches: series.patches }),
	};
}

function sameAs(earlier: Bisection | undefined, commits: readonly Commit[]): void {
	if (!earlier || JSON.stringify(earlier.commits) === JSON.stringify(commits)) return;
	throw new UserError('the newest bisection is of another series', {
		hint: 'give the same --patch, --range and --kernel, or leave --resume away',
	});
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
export async function suiteOf(name: string): Promise<Suite> {
	const suites = selectCases(await loadSuites(checkout.suites), [name], []);
	const [suite] = suites;
	if (!suite || suites.length > 1 || suite.cases.length > 1)
		throw new UserError(`--case ${name} names ${suites.flatMap(({ cases }) => cases).length} cases, and one must tell`, {
			hint: './crucible list --names',
		});
	return suite;
}
