/** One attempt of one case in one machine: prepare, run, wait for rest, collect all that was seen, decide. */

import type { Attempt } from '../model/run.ts';
import { diffCounters } from '../parse/fscache-stats.ts';
import { findSplats } from '../parse/splat.ts';
import { DeadlineError } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import { checkRest, rememberRest } from './at-rest.ts';
import type { CaseOutput, CaseRun } from './case-run.ts';
import { endingOf } from './ending.ts';
import { checkClaim } from './evidence.ts';
import { runGuestCase } from './guest-case.ts';
import { loadModules } from './load-modules.ts';
import { judgeOrder } from './order-verdict.ts';
import { guestPaths } from './provision.ts';
import { actorEnv, playDuring, raceEvidence, raceMeasured, recordRace } from './race-case.ts';
import { runScenario } from './scenario-case.ts';
import { startTrace } from './tracing.ts';
import { decide, type Ending } from './verdict.ts';

// Bookkeeping around a case (load modules, counters, rest), in ms under KVM; generous, since it only bounds a hang.
const bookkeepingMs = 30_000;

/** Runs the attempt. Failures, hangs and panics are results; what is thrown is our fault or the user's signal. */
export async function runCase(run: CaseRun): Promise<Attempt> {
	const began = performance.now();
	const { machine, dir } = run;
	await machine.record(dir.absolute);
	const { output, counters, leftOvers, taint, kmemleak } = await observe(run);
	await settleConsole(run);
	const splats = await run.finish([...run.splats.take(), ...findSplats(kmemleak)]);
	const isUnexplained = taint !== 0 && !splats.some((splat) => splat.isFailure);
	const allLeft = isUnexplained ? [...leftOvers, `kernel tainted (${taint}) without a report on the console`] : leftOvers;
	const measured = { ...output.measured, ...raceMeasured(output.races) };
	const played = raceEvidence(output.races);
	const evidence = [...run.entry.evidence.map((claim) => checkClaim(claim, measured)), ...played];
	const race = await recordRace(dir.absolute, output.races, splats);
	const needsTail = ['guest-ended', 'kernel-hang', 'test-hang', 'lost'].includes(output.ending.how);
	const seen = { ...output, ktapProblems: output.problems, evidence, splats, leftOvers: allLeft };
	const decided = decide(seen);
	return {
		...(run.entry.orderOf ? judgeOrder(decided, seen, played) : decided),
		durationMs: Math.round(performance.now() - began),
		assertions: output.assertions,
		evidence,
		splats,
		leftOvers: allLeft,
		counters,
		measured,
		...(race && { race }),
		...(needsTail && { consoleTail: machine.console.tail(40) }),
		dir: dir.relative,
	};
}

interface Observation {
	readonly output: CaseOutput;
	readonly counters: Attempt['counters'];
	readonly leftOvers: readonly string[];
	readonly taint: number;
	readonly kmemleak: string;
}

/** The case between two looks at the guest; a machine that is lost on the way ends it early. */
async function observe(run: CaseRun): Promise<Observation> {
	const nothing = { counters: {}, leftOvers: [], taint: 0, kmemleak: '' };
	const { machine, suite, provisions, signal } = run;
	const ask = { env: caseEnv(run), timeoutMs: bookkeepingMs * run.timeoutScale, signal };
	const modules = provisions.modules.map((module) => module.name);
	try {
		const why = await loadModules(machine, provisions.modules, ask);
		if (why !== undefined) return { ...nothing, output: unsaid({ how: 'not-started', why }) };
		using trace = await startTrace(machine, suite.trace, ask);
		const before = await rememberRest(machine, ask);
		const env = ask.env;
		const output = await playDuring(run, () => (run.entry.scenario === undefined ? runGuestCase(run, env) : runScenario(run, env)));
		if (output.ending.how !== 'exited' && output.ending.how !== 'signalled') return { ...nothing, output };
		await trace.finish();
		try {
			const rest = await checkRest(machine, modules, ask);
			return { ...rest, output, counters: diffCounters(before, rest.counters) };
		} catch (error) {
			const ending = await endingOf(run, error);
			if (ending.how !== 'test-hang') return { ...nothing, output: unsaid(ending) };
			// The case itself is over, and what it said and saw stands: where a task died in the kernel, what it had is never given back.
			return { ...nothing, output, leftOvers: [`no rest ${Math.round(ending.afterMs / 1000)} s after the case: ${ending.detail}`] };
		}
	} catch (error) {
		return { ...nothing, output: unsaid(await endingOf(run, error)) };
	}
}

function unsaid(ending: Ending): CaseOutput {
	return { ending, assertions: [], measured: {}, problems: [] };
}

/** All that the kernel printed is to be scanned before the verdict; a guest that hangs or is gone prints no more. */
async function settleConsole(run: CaseRun): Promise<void> {
	try {
		await run.machine.mark(`end of ${run.entry.name}`);
	} catch (error) {
		run.signal.throwIfAborted();
		if (!(error instanceof InfraError) && !(error instanceof DeadlineError) && !(error instanceof GuestEnded)) throw error;
	}
}

/** The environment every case gets; suites/README.md explains each variable. */
function caseEnv(run: CaseRun): Record<string, string> {
	const disks = Object.keys(run.suite.needs.disks).map((name, index) => [
		`CRUCIBLE_DISK_${name.toUpperCase().replaceAll('-', '_')}`,
		`/dev/vd${String.fromCharCode(97 + index)}`,
	]);
	return {
		PATH: `${guestPaths.bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
		HOME: '/root',
		CRUCIBLE_LIB: guestPaths.lib,
		CRUCIBLE_SUITE: run.suite.name,
		CRUCIBLE_CASE: run.entry.name,
		CRUCIBLE_KERNEL: run.kernel,
		CRUCIBLE_SEED: String(run.seed),
		CRUCIBLE_SCALE: String(run.timeoutScale),
		CRUCIBLE_CLOCK: run.clock,
		CRUCIBLE_PAUSE: run.clock === 'warp' ? '2' : '0.02',
		CRUCIBLE_ORDERS: run.entry.orders.join('\n'),
		...Object.fromEntries(disks),
		...actorEnv(run.entry.race),
	};
}
