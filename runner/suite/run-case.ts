/** One attempt of one case in one machine: prepare, run, wait for rest, collect all that was seen, decide. */

import { join } from 'node:path';
import { backgroundName } from '../fault/background.ts';
import { claimsOf, formatFaults } from '../fault/fault.ts';
import type { Attempt, AttemptTimes } from '../model/run.ts';
import { diffCounters } from '../parse/fscache-stats.ts';
import { findSplats } from '../parse/splat.ts';
import { InfraError } from '../util/errors.ts';
import { isMachineFault } from '../vm/machine-fault.ts';
import { checkRest, rememberRest } from './at-rest.ts';
import { armBackground } from './background-fault.ts';
import type { CaseOutput, CaseRun } from './case-run.ts';
import { endingOf } from './ending.ts';
import { checkClaim } from './evidence.ts';
import { runGuestCase } from './guest-case.ts';
import { loadModules } from './load-modules.ts';
import { judgeOrder } from './order-verdict.ts';
import { guestPaths } from './provision.ts';
import { actorEnv, playDuring, raceEvidence, raceMeasured, recordRace } from './race-case.ts';
import { runScenario } from './scenario-case.ts';
import { judgeStrained } from './strained-verdict.ts';
import { unexplainedTaint } from './taint.ts';
import { startTrace, type Trace } from './tracing.ts';
import { decide, type Ending, unlessUnread } from './verdict.ts';

// Bookkeeping around a case (load modules, counters, rest), in ms under KVM; generous, since it only bounds a hang.
const bookkeepingMs = 30_000;

/** Runs the attempt. Failures, hangs and panics are results; what is thrown is our fault or the user's signal. */
export async function runCase(run: CaseRun): Promise<Attempt> {
	const began = performance.now();
	const { dir } = run;
	await run.machine.record(dir.absolute);
	const { output, counters, leftOvers, taint, kmemleak, marks } = await observe(run);
	const unread = await settleConsole(run);
	const times = timesOf(run.guestMs, [began, ...marks, performance.now()]);
	const splats = await run.finish([...run.splats.take(), ...findSplats(kmemleak)]);
	const unexplained = unexplainedTaint(taint, splats);
	const allLeft = unexplained === 0 ? leftOvers : [...leftOvers, `kernel tainted (${unexplained}) without a report on the console`];
	const measured = { ...output.measured, ...raceMeasured(output.races) };
	const played = raceEvidence(output.races);
	const { under } = run.entry;
	const armed = claimsOf({ ...run.entry.faults, ...(under && { [backgroundName]: under }) });
	const claims = [...run.entry.evidence, ...armed, ...(output.claims ?? [])];
	const evidence = [...claims.map((claim) => checkClaim(claim, measured)), ...played];
	const race = await recordRace(dir.absolute, output.races, splats);
	const isCut = ['guest-ended', 'kernel-hang', 'test-hang', 'lost'].includes(output.ending.how);
	const seen = { ...output, ktapProblems: output.problems, evidence, splats, leftOvers: allLeft };
	const plain = decide(seen);
	const decided = run.strain === undefined ? plain : judgeStrained(plain, seen, run.strain);
	const judged = run.entry.orderOf ? judgeOrder(decided, seen, played) : decided;
	return {
		...unlessUnread(judged, unread),
		durationMs: Math.round(performance.now() - began),
		...(times && { times }),
		assertions: output.assertions,
		evidence,
		splats,
		leftOvers: allLeft,
		counters,
		measured,
		...(race && { race }),
		...(isCut && { consoleTail: run.machine.console.tail(40) }),
		...((isCut || unread !== undefined) && { isUnsettled: true as const }),
		dir: dir.relative,
	};
}

interface Observation {
	readonly output: CaseOutput;
	readonly counters: Attempt['counters'];
	readonly leftOvers: readonly string[];
	readonly taint: number;
	readonly kmemleak: string;
	/** When the modules were loaded, and when the case was over; fewer when it did not come to that. */
	readonly marks: readonly number[];
}

/** The case between two looks at the guest; a machine that is lost on the way ends it early. */
async function observe(run: CaseRun): Promise<Observation> {
	const marks: number[] = [];
	const nothing = { counters: {}, leftOvers: [], taint: 0, kmemleak: '', marks };
	const { suite, provisions, signal } = run;
	const env = caseEnv(run);
	const ask = { env, timeoutMs: bookkeepingMs * run.timeoutScale, signal };
	const modules = provisions.modules.map((module) => module.name);
	let trace: Trace | undefined;
	try {
		const why = await loadModules(run.machine, provisions.modules, ask);
		if (why !== undefined) return { ...nothing, output: unsaid({ how: 'not-started', why }) };
		marks.push(performance.now());
		trace = await startTrace(run.machine, suite.trace, ask);
		let before = await rememberRest(run.machine, ask);
		const background = await armBackground(run.machine, run.entry.under, ask);
		if ('lacks' in background) return { ...nothing, output: { ...unsaid({ how: 'exited', exitCode: 0 }), skipped: background.lacks } };
		const crash = async () => {
			trace?.[Symbol.dispose]();
			background.forget();
			const dir = join(run.dir.absolute, 'after-crash');
			await run.crash(join(dir, 'boot'));
			await run.machine.record(dir);
			const problem = await loadModules(run.machine, provisions.modules, ask);
			if (problem !== undefined) throw new InfraError(problem);
			trace = await startTrace(run.machine, suite.trace, ask);
			before = await rememberRest(run.machine, ask);
		};
		const said = await playDuring(run, () => (run.entry.scenario === undefined ? runGuestCase(run, env) : runScenario(run, env, crash)));
		marks.push(performance.now());
		if (said.ending.how !== 'exited' && said.ending.how !== 'signalled') return { ...nothing, output: said };
		const output = { ...said, measured: { ...said.measured, ...(await background.disarm()) } };
		await trace.finish();
		try {
			const rest = await checkRest(run.machine, modules, ask);
			return { ...rest, output, marks, counters: diffCounters(before, rest.counters) };
		} catch (error) {
			const ending = await endingOf(run, error);
			if (ending.how !== 'test-hang') return { ...nothing, output: unsaid(ending) };
			// The case itself is over, and what it said and saw stands: where a task died in the kernel, what it had is never given back.
			return { ...nothing, output, leftOvers: [`no rest ${Math.round(ending.afterMs / 1000)} s after the case: ${ending.detail}`] };
		}
	} catch (error) {
		return { ...nothing, output: unsaid(await endingOf(run, error)) };
	} finally {
		trace?.[Symbol.dispose]();
	}
}

/** From the beginning of the attempt, the end of each of its steps, and its own end. */
function timesOf(guestMs: number, at: readonly number[]): AttemptTimes | undefined {
	const [modulesMs, caseMs, restMs] = at.slice(1).map((time, index) => Math.round(time - (at[index] ?? time)));
	return modulesMs === undefined || caseMs === undefined || restMs === undefined ? undefined : { guestMs, modulesMs, caseMs, restMs };
}

function unsaid(ending: Ending): CaseOutput {
	return { ending, assertions: [], measured: {}, problems: [] };
}

/** All that the kernel printed is to be scanned before the verdict: waits for it, and says why when it does not come. */
async function settleConsole(run: CaseRun): Promise<string | undefined> {
	try {
		await run.machine.mark(`end of ${run.entry.name}`);
		return undefined;
	} catch (error) {
		run.signal.throwIfAborted();
		if (!isMachineFault(error)) throw error;
		return error.message;
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
		...(run.machine.isRecorded && { CRUCIBLE_RECORDED: '1' }),
		CRUCIBLE_PAUSE: run.clock === 'warp' ? '2' : '0.02',
		CRUCIBLE_ORDERS: run.entry.orders.join('\n'),
		CRUCIBLE_FAULTS: formatFaults(run.entry.faults),
		...Object.fromEntries(disks),
		...actorEnv(run.entry.race),
	};
}
