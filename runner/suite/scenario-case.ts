/** A case that runs on the host: a TypeScript file that drives the machine through the scenario API. */

import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../config/paths.ts';
import { listCalls } from '../race/calls.ts';
import { withDeadline } from '../util/deadline.ts';
import { KernelError, UserError } from '../util/errors.ts';
import { isMachineFault } from '../vm/machine-fault.ts';
import type { CaseOutput, CaseRun } from './case-run.ts';
import { endingOf } from './ending.ts';
import { createFaults, type Faults } from './fault-case.ts';
import { guestPaths } from './provision.ts';
import { createRaces } from './race-case.ts';
import { CaseFailure, createLog, type Guest, type ScenarioBody, type ScenarioContext, SkipCase } from './scenario.ts';
import type { Ending } from './verdict.ts';

/** Runs it to its end or its deadline. What its checks throw is a failed assertion; a lost machine, and what else it throws, are told apart. */
export async function runScenario(run: CaseRun, env: Readonly<Record<string, string>>, crash: () => Promise<void>): Promise<CaseOutput> {
	const { suite, entry } = run;
	const body = await loadScenario(join(suite.dir, 'cases', entry.scenario ?? ''));
	await Promise.all(Object.values(run.shares).map(empty));
	const stop = new AbortController();
	const signal = AbortSignal.any([run.signal, stop.signal]);
	const file = createWriteStream(join(run.dir.absolute, 'agent.log'));
	const log = createLog();
	const races = createRaces(run);
	const guest = guestOf(run, env, signal, (line) => file.write(`${line}\n`));
	const faults = createFaults(run, guest, log.evidence);
	let ending: Ending = { how: 'exited', exitCode: 0 };
	let skipped: string | undefined;
	try {
		const context = await contextOf(run, env, { guest, log, races, faults, crash, signal, note: (line) => file.write(`${line}\n`) });
		const timeoutMs = (run.timeoutS ?? entry.timeout) * 1000 * run.timeoutScale;
		await withDeadline(body(context).finally(faults.finish), timeoutMs, `${suite.name}/${entry.name}`, run.signal);
	} catch (error) {
		run.signal.throwIfAborted();
		if (error instanceof SkipCase) skipped = error.message;
		else if (error instanceof CaseFailure) log.ok(false, error.message.split('\n')[0] ?? '', error.message);
		else if (isThrownByBody(error)) {
			file.write(`${error.stack}\n`);
			ending = endingOfBody(error);
		} else ending = await endingOf(run, error);
	} finally {
		stop.abort(new Error('the case is over'));
		await races.finish();
		file.end();
	}
	return { ending, assertions: log.assertions, measured: log.measured, problems: [], skipped, claims: faults.claims, races: races.played };
}

/** Neither the guest's doing nor the machine's: one scenario of many, and no reason to end the run. */
function isThrownByBody(error: unknown): error is Error {
	return error instanceof Error && !isMachineFault(error) && !(error instanceof KernelError);
}

/** What this kernel does not have (a function to hold, say) leaves the case unrun; all else is a bug of the scenario, or of ours. */
function endingOfBody(error: Error): Ending {
	if (!(error instanceof UserError)) return { how: 'lost', why: `its scenario threw ${error.name}: ${error.message.split('\n')[0]}` };
	return { how: 'not-started', why: `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}` };
}

/** The case's default export; compiled code mirrors the checkout below dist/. */
async function loadScenario(source: string): Promise<ScenarioBody> {
	const compiled = join(checkout.top, 'dist', relative(checkout.top, source)).replace(/\.ts$/, '.js');
	const module = (await import(pathToFileURL(compiled).href)) as { default?: { scenario?: unknown } };
	const body = module.default?.scenario;
	if (typeof body !== 'function')
		throw new UserError('does not export a scenario', { at: { file: source }, hint: 'export default scenario(async (t) => { … })' });
	return body as ScenarioBody;
}

/** Leaves the folder itself: QEMU serves it. */
async function empty(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	const entries = await readdir(folder);
	await Promise.all(entries.map((entry) => rm(join(folder, entry), { recursive: true, force: true })));
}

interface Parts {
	readonly guest: Guest;
	readonly log: ReturnType<typeof createLog>;
	readonly races: ReturnType<typeof createRaces>;
	readonly faults: Faults;
	readonly crash: () => Promise<void>;
	readonly signal: AbortSignal;
	readonly note: (line: string) => void;
}

async function contextOf(run: CaseRun, env: Readonly<Record<string, string>>, parts: Parts): Promise<ScenarioContext> {
	const { suite } = run;
	const { guest, log, races, faults, crash, signal, note } = parts;
	let ninepBefore = await run.machine.ninepReads();
	return {
		guest,
		qmp: { execute: (command, args) => run.machine.qmp.execute(command, args) },
		kernel: run.kernel,
		seed: run.seed,
		signal,
		ok: log.ok,
		okKnown: log.okKnown,
		evidence: log.evidence,
		note,
		skip(reason) {
			throw new SkipCase(reason);
		},
		share(name) {
			const path = run.shares[name];
			if (path === undefined) throw new UserError(`the suite ${suite.name} declares no share "${name}"`);
			return path;
		},
		disk(name) {
			const path = env[`CRUCIBLE_DISK_${name.toUpperCase().replaceAll('-', '_')}`];
			if (path === undefined) throw new UserError(`the suite ${suite.name} declares no disk "${name}"`);
			return path;
		},
		race: { play: races.play, calls: (name, options) => listCalls(name, run.objects, { ...options, signal }) },
		fault: { arm: faults.arm },
		async crash() {
			faults.forget();
			await crash();
			ninepBefore = await run.machine.ninepReads();
		},
		ninep: {
			async reads() {
				const now = await run.machine.ninepReads();
				return { requests: now.requests - ninepBefore.requests, bytes: now.bytes - ninepBefore.bytes };
			},
		},
	};
}

function guestOf(run: CaseRun, env: Readonly<Record<string, string>>, signal: AbortSignal, note: (line: string) => void): Guest {
	const exec: Guest['exec'] = async (argv, options = {}) => {
		note(`> ${argv.join(' ')}`);
		const result = await run.machine.exec({
			argv,
			env: { ...env, ...options.env },
			cwd: options.cwd ?? guestPaths.caseDir,
			...(options.stdin !== undefined && { stdin: options.stdin }),
			...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs * run.timeoutScale }),
			signal,
		});
		if (result.stdout !== '') note(result.stdout.trimEnd());
		if (result.stderr !== '') note(result.stderr.trimEnd());
		if (result.timedOut)
			throw new CaseFailure(`\`${argv.join(' ')}\` did not end within ${options.timeoutMs} ms (scaled by ${run.timeoutScale})`);
		return {
			exitCode: result.signal === undefined ? result.exitCode : undefined,
			signal: result.signal,
			stdout: result.stdout,
			stderr: result.stderr,
		};
	};
	return {
		exec,
		async sh(script, options) {
			const result = await exec(['/bin/sh', '-ec', script], options);
			if (result.exitCode !== 0)
				throw new CaseFailure(
					`\`${script.trim().split('\n')[0]}\` exited with ${result.exitCode ?? `signal ${result.signal}`}\n${result.stderr.trim()}`,
				);
			return result.stdout;
		},
		push: (path, data, mode) => run.machine.watch(() => run.machine.agent.push(path, data, mode, signal)),
		pull: (path) => run.machine.watch(() => run.machine.agent.pull(path, { signal })),
	};
}
