import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Attempt } from '../model/run.ts';
import { findSplats } from '../parse/splat.ts';
import type { Case } from '../suite/load.ts';
import { DeadlineError } from '../util/deadline.ts';
import { InfraError, KernelError } from '../util/errors.ts';
import { GuestError } from '../vm/agent.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import type { Happening } from './emitter.ts';
import type { Job } from './plan.ts';
import { finishSplats, type JobParts, settleCase } from './settle-case.ts';

const entry = { name: 'a', summary: 'a' } as Case;
const seen = { assertions: [], evidence: [], splats: [], leftOvers: [], counters: {}, measured: {} };
const failed: Attempt = { status: 'FAIL', reason: 'KASAN', durationMs: 5, ...seen, dir: '' };

/** A job whose guests all end with the next of `errors`, and what it emits. */
async function job(t: ExecutionContext, errors: readonly Error[], more: Partial<JobParts> = {}) {
	const runDir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(runDir, { recursive: true, force: true }));
	const told: Happening[] = [];
	const left = [...errors];
	const start = async () => {
		throw left.shift() ?? new Error('one guest too many');
	};
	const source = { start, [Symbol.asyncDispose]: async () => {} };
	const parts = {
		job: { id: 'nfs.k', suite: { name: 'nfs', needs: { shares: {} } }, kernelSpec: 'k', config: 'kasan', repeat: 1 } as unknown as Job,
		runDir,
		guests: { real: source, warp: source },
		clockFor: () => 'real',
		reruns: 2,
		earlier: () => [],
		emitter: { emit: (happening: Happening) => told.push(happening), phase: () => Promise.reject(new Error('no phase')) },
		wantsMore: () => true,
		stop: new AbortController().signal,
		...more,
	} as unknown as JobParts;
	const result = () => told.flatMap((one) => (one.type === 'case-ended' ? [one.result] : []))[0];
	return { parts, told, result };
}

test('a failure stands when the kernel of its rerun does not boot', async (t) => {
	const { parts, result } = await job(t, [new KernelError('boot', 'silent for 60 s', [])], { earlier: () => [failed] });
	await t.throwsAsync(settleCase(parts, entry), { instanceOf: KernelError });
	t.is(result()?.status, 'FAIL');
	t.is(result()?.attempts.length, 1);
});

test('what ended before a run was cut off is not run again', async (t) => {
	const { parts, told, result } = await job(t, [new InfraError('QEMU died'), new InfraError('QEMU died')], { earlier: () => [failed] });
	await settleCase(parts, entry);
	t.deepEqual(
		told.flatMap((one) => (one.type === 'case-started' ? [one.attempt] : [])),
		[2, 3],
	);
	t.is(result()?.reason, 'KASAN');
});

test('a machine that is silent, ends or refuses before the case can run is an ERROR, and is retried', async (t) => {
	const ended = new GuestEnded({ reason: 'reset', detail: 'the guest reset', stderr: [] });
	for (const fault of [new DeadlineError("QEMU's greeting", 10_000), ended, new GuestError('/bin/tar', 12, 'Cannot allocate memory')]) {
		const { parts, result } = await job(t, [fault, fault]);
		await settleCase(parts, entry);
		t.is(result()?.status, 'ERROR');
		t.is(result()?.reason, fault.message);
		t.is(result()?.attempts.length, 2);
	}
});

test('the seed is the job’s, or each attempt has one of its own, which it keeps', async (t) => {
	const seedsOf = async (seedPerAttempt: boolean) => {
		const { parts, result } = await job(t, [new InfraError('QEMU died'), new InfraError('QEMU died')], { earlier: () => [failed] });
		await settleCase({ ...parts, job: { ...parts.job, seed: 7, seedPerAttempt } }, entry);
		return result()?.attempts.map(({ seed }) => seed);
	};
	t.deepEqual(await seedsOf(false), [undefined, undefined, undefined]);
	t.deepEqual(await seedsOf(true), [undefined, 8, 9]);
});

test('a bug of ours is no result', async (t) => {
	const { parts } = await job(t, [new TypeError('undefined is not a function')]);
	await t.throwsAsync(settleCase(parts, entry), { instanceOf: TypeError });
});

test('a case of which no attempt ended has no result', async (t) => {
	const { parts, result } = await job(t, [new KernelError('boot', 'silent for 60 s', [])]);
	await t.throwsAsync(settleCase(parts, entry), { instanceOf: KernelError });
	t.is(result(), undefined);
});

test('a report counts without file and line when binutils fail, and a note says so', async (t) => {
	const { parts, told } = await job(t, [], { objects: { vmlinux: '/nowhere/vmlinux', modules: new Map() }, knownIssues: [] });
	const report = ['WARNING: CPU: 0 PID: 81 at fs/nfs/inode.c:1 nfs_foo+0x1/0x2', 'Call Trace:', ' nfs_foo+0x1/0x2', ' nfs_bar+0x1/0x2', ''];
	const splats = findSplats(report.join('\n'));
	t.is(splats.length, 1);
	t.deepEqual(await finishSplats(parts, splats), splats);
	t.regex(told.flatMap((one) => (one.type === 'note' ? [one.text] : [])).join(), /^reports without file and line: readelf exited with 1/);
});
