/** Runs as KCIDB's I/O JSON 5.3: a checkout for each source, a build for each kernel and configuration, a test for each case. */

import type { CaseResult, JobResult, Run, Status } from '../model/run.ts';
import { hashOf } from '../util/hash.ts';
import { harmless } from '../util/text.ts';
import { type Kcidb, kcidbSchema } from './kcidb-schema.ts';

/** An accepted failure is one of the tested code all the same; what lacks its evidence says nothing of it. */
const statusOf: Readonly<Record<Status, NonNullable<Kcidb['tests'][number]['status']>>> = {
	PASS: 'PASS',
	FAIL: 'FAIL',
	XFAIL: 'FAIL',
	INCONCLUSIVE: 'ERROR',
	ERROR: 'ERROR',
	MISS: 'MISS',
	SKIP: 'SKIP',
};

// "git 1a2b3c...": the commit, where the source is one.
const commit = /\bgit ([0-9a-f]{40})\b/;
/** What KCIDB takes of a log, in characters. */
const mostExcerpt = 16384;

/** Throws when it does not fit the schema: that would be our mistake. */
export function toKcidb(runs: readonly Run[], origin: string): Kcidb {
	const checkouts = new Map<string, Kcidb['checkouts'][number]>();
	const builds = new Map<string, Kcidb['builds'][number]>();
	const tests: Kcidb['tests'] = [];
	for (const run of runs)
		for (const job of run.jobs) {
			const checkout = checkoutOf(run, job, origin);
			checkouts.set(checkout.id, checkout);
			const build = buildOf(run, job, origin, checkout.id);
			// One job that was built makes the build; its name is the same for all jobs of it.
			if (builds.get(build.id)?.status === undefined || build.status === 'PASS') builds.set(build.id, build);
			if (job.problem && isBuilt(job)) tests.push(bootOf(run, job, job.problem, origin, build.id));
			for (const result of job.cases) tests.push(testOf(run, job, result, origin, build.id));
		}
	return kcidbSchema.parse({ version: { major: 5, minor: 3 }, checkouts: [...checkouts.values()], builds: [...builds.values()], tests });
}

function checkoutOf(run: Run, { kernel, kernelSpec }: JobResult, origin: string): Kcidb['checkouts'][number] {
	const what = kernel?.origin ?? kernelSpec;
	const hash = commit.exec(what)?.[1];
	return {
		id: idOf(origin, run.id, what),
		origin,
		...(hash !== undefined && { git_commit_hash: hash }),
		comment: clean(what),
		start_time: run.started,
	};
}

/** A job has its kernel once that is built; a run that is resumed may fail to build it again. */
function isBuilt({ kernel, problem }: JobResult): boolean {
	return kernel !== undefined && problem?.stage !== 'build';
}

function buildOf(run: Run, job: JobResult, origin: string, checkout: string): Kcidb['builds'][number] {
	const { kernel, kernelSpec, config, problem } = job;
	return {
		id: idOf(origin, run.id, kernelSpec, config),
		origin,
		checkout_id: checkout,
		architecture: 'x86_64',
		config_name: clean(config),
		start_time: run.started,
		...(kernel && { compiler: clean(kernel.compiler), misc: { release: kernel.release, hashes: kernel.hashes } }),
		...(isBuilt(job) ? { status: 'PASS' as const } : problem && failureOf(problem)),
	};
}

/** KCIDB's own test `boot`, of a kernel that does not come up. */
function bootOf(
	run: Run,
	job: JobResult,
	problem: NonNullable<JobResult['problem']>,
	origin: string,
	build: string,
): Kcidb['tests'][number] {
	return {
		id: idOf(origin, run.id, job.id),
		origin,
		build_id: build,
		path: 'boot',
		start_time: run.started,
		environment: environmentOf(job),
		...failureOf(problem),
	};
}

function failureOf({ message, log }: NonNullable<JobResult['problem']>) {
	return { status: 'FAIL' as const, comment: clean(message), log_excerpt: excerptOf(log.join('\n')) };
}

function environmentOf({ accel }: JobResult): Kcidb['tests'][number]['environment'] {
	return { comment: `QEMU, ${accel ?? 'never started'}` };
}

function testOf(run: Run, job: JobResult, result: CaseResult, origin: string, build: string): Kcidb['tests'][number] {
	const { attempts, status, reason } = result;
	const splats = attempts.flatMap((attempt) => attempt.splats).filter(({ isFailure }) => isFailure);
	const issues = [...new Set(splats.flatMap(({ knownIssue }) => knownIssue ?? []))];
	const [splat] = splats;
	return {
		id: idOf(origin, run.id, job.id, result.case),
		origin,
		build_id: build,
		path: ['crucible', job.suite, result.case].map(nodeOf).join('.'),
		status: statusOf[status],
		start_time: run.started,
		duration: Math.round(result.durationMs) / 1000,
		environment: environmentOf(job),
		...(reason !== undefined && { comment: clean(reason) }),
		...(splat && { log_excerpt: excerptOf(splat.text) }),
		misc: {
			status,
			attempts: attempts.length,
			failed: attempts.filter((attempt) => attempt.status === 'FAIL' || attempt.status === 'XFAIL').length,
			...(splats.length > 0 && { fingerprints: [...new Set(splats.map(({ fingerprint }) => fingerprint))] }),
			...(issues.length > 0 && { known_issues: issues }),
		},
	};
}

/** A dot separates nodes, and few other characters are allowed in one. */
function nodeOf(name: string): string {
	return name.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function clean(text: string): string {
	return harmless(text);
}

/** The beginning, where the title of a report stands. */
function excerptOf(text: string): string {
	return clean(text).slice(0, mostExcerpt);
}

/** The same for the same thing of the same run: what is sent twice is one object. */
function idOf(origin: string, ...parts: readonly string[]): string {
	return `${origin}:${hashOf(...parts).slice(0, 32)}`;
}
