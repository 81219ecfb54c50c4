/** A program for long-run.test.ts: a run of thousands of cases through the real store and reporters; says what that took. */

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Attempt, CaseResult, Run, Splat, Status } from '../model/run.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import { createEmitter } from '../session/emitter.ts';
import { openStore } from '../session/store.ts';

const [results = '', wanted = '10000'] = process.argv.slice(2);
const kernels = ['debian:6.12', 'debian:6.1'];
const casesPerJob = Number(wanted) / kernels.length / 10;

/** Of a hundred cases: 84 pass, 8 fail with a report in three attempts, 2 hang, and some of each other status. */
function statusOf(n: number): Status {
	const place = (n * 37) % 100;
	if (place < 84) return 'PASS';
	if (place < 94) return 'FAIL';
	return (['XFAIL', 'SKIP', 'INCONCLUSIVE', 'ERROR', 'FAIL', 'XFAIL'] as const)[place - 94] ?? 'PASS';
}

/** Text of its own for each case, as a guest's is: nothing is shared between them. */
function text(n: number, lines: number): string {
	return Array.from(
		{ length: lines },
		(_, at) => `[  ${n}.${at}] CPU: ${at % 2} PID: ${n} Comm: umount Not tainted 6.12.0 #${n * at}`,
	).join('\n');
}

function splatOf(n: number): Splat {
	const frames = Array.from({ length: 18 }, (_, at) => ({
		function: `cachefiles_step_${n % 50}_${at}`,
		offset: n + at,
		size: 512,
		module: 'cachefiles',
		file: `fs/cachefiles/step-${at}.c`,
		line: 100 + at,
	}));
	return {
		kind: 'KASAN',
		title: `KASAN: slab-use-after-free Read in cachefiles_step_${n % 50}_0`,
		fingerprint: (n % 50).toString(16).padStart(12, '0'),
		isFailure: true,
		stacks: ['access', 'allocated', 'freed'].map((role) => ({ role, frames })),
		guestTime: n / 10,
		text: text(n, 80),
	};
}

function attemptOf(n: number, number: number, status: Status, dir: string): Attempt {
	const isHang = (n * 37) % 100 >= 92 && status === 'FAIL';
	return {
		status,
		...(status !== 'PASS' && { reason: isHang ? `test hang: no line for ${n} s` : `not ok: content ${n} is what the server has` }),
		durationMs: 5_000 + ((n * 7919) % 20_000),
		assertions: Array.from({ length: 8 }, (_, at) => ({
			name: `step ${at} of ${n} kept its content`,
			status: status === 'FAIL' && at === 7 ? ('FAIL' as const) : ('PASS' as const),
			...(status === 'FAIL' && at === 7 && { detail: text(n, 10) }),
		})),
		evidence: ['warm_server_read_bytes == 0', 'cold_server_read_bytes >= 8388608', 'cache_files > 0'].map((claim, at) => ({
			claim,
			measured: String(n * at),
			holds: status !== 'INCONCLUSIVE',
		})),
		splats: status === 'FAIL' && !isHang ? [splatOf(n)] : [],
		leftOvers: isHang ? [`left over: process ${n}`] : [],
		counters: Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`Netfs counter_${at}`, [n, n + at] as const])),
		measured: { warm_server_read_bytes: '0', cold_server_read_bytes: String(n), attempt: String(number) },
		...(isHang && { consoleTail: text(n, 200).split('\n') }),
		dir,
	};
}

const plan = kernels.flatMap((kernelSpec) =>
	Array.from({ length: 10 }, (_, suite) => ({
		id: `suite-${suite}.${kernelSpec.replace(':', '-')}.kasan`,
		suite: `suite-${suite}`,
		kernelSpec,
		config: 'kasan',
		cases: Array.from({ length: casesPerJob }, (_, at) => ({ name: `case-${at}`, summary: `Case ${at} keeps what was written` })),
	})),
);
const reporter = createTerminalReporter({ stdout: process.stderr, stderr: process.stderr, isTty: false, color: false, width: 100 });
await using store = await openStore(results, '20261121-000000-abcdef');
const emitter = createEmitter([store.record, reporter.onEvent]);
const host = { os: 'Debian', cpus: 2, memoryMiB: 1, node: process.version };
const began = performance.now();
emitter.emit({
	type: 'run-started',
	run: { id: store.id, started: new Date().toISOString(), command: ['run'], crucible: { version: '0' }, host },
	plan,
});
let n = 0;
for (const job of plan) {
	const hashes = { vmlinux: 'a'.repeat(64), config: 'b'.repeat(64), modules: { cachefiles: 'c'.repeat(64) } };
	const kernel = { spec: job.kernelSpec, release: '6.12.0', origin: 'Debian', compiler: 'gcc', hashes };
	emitter.emit({ type: 'job-started', job: job.id, kernel, accel: 'tcg', qemu: 'QEMU emulator version 7.2' });
	for (const { name, summary } of job.cases) {
		const status = statusOf(++n);
		const attempts: Attempt[] = [];
		for (let number = 1; number <= (status === 'FAIL' ? 3 : 1); number++) {
			emitter.emit({ type: 'case-started', job: job.id, case: name, attempt: number });
			const attempt = attemptOf(n, number, status, join('jobs', job.id, name, number === 1 ? '' : `attempt-${number}`));
			for (const splat of attempt.splats) emitter.emit({ type: 'splat-seen', job: job.id, case: name, splat });
			attempts.push(attempt);
			emitter.emit({ type: 'attempt-ended', job: job.id, case: name, attempt });
		}
		const [{ reason, durationMs } = { reason: undefined, durationMs: 0 }] = attempts;
		const reproduce = `./crucible run ${job.suite}/${name}`;
		const result: CaseResult = {
			suite: job.suite,
			case: name,
			summary,
			status,
			...(reason && { reason }),
			durationMs,
			attempts,
			reproduce,
		};
		emitter.emit({ type: 'case-ended', job: job.id, result });
		await setImmediate();
	}
	emitter.emit({ type: 'job-ended', job: job.id, durationMs: 1 });
}
emitter.emit({ type: 'run-ended', ended: new Date().toISOString(), verdict: 'FAIL', exitCode: 1, peakMemoryMiB: 0 });
const ranMs = performance.now() - began;
const run: Run = await store.save();
const savedMs = performance.now() - began;
await writeReports(run, store.dir);
reporter.finish(run, { report: join(store.dir, 'report.html') });
process.stdout.write(
	`${JSON.stringify({
		cases: n,
		ranMs: Math.round(ranMs),
		savedMs: Math.round(savedMs - ranMs),
		reportsMs: Math.round(performance.now() - began - savedMs),
		// maxRSS is in KiB on Linux (getrusage(2)).
		peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
	})}\n`,
);
