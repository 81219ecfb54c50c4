import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { DeadlineError } from '../util/deadline.ts';
import { GuestError } from './agent.ts';
import { diagnoseHang, parseRegisters } from './hang.ts';
import type { Machine } from './machine.ts';
import { GuestEnded } from './machine-exit.ts';
import { countNinepReads } from './ninep-reads.ts';

test('where each CPU is comes from the registers', (t) => {
	const text = [
		'',
		'CPU#0',
		'RAX=0000000000000000 RBX=ffffffff82411dc0 RCX=ffffffff81abb91f RDX=ffffed1006cc6305',
		'RIP=ffffffff81abb2e3 RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1',
		'',
		'CPU#1',
		'RIP=ffffffff81001234 RFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0',
	].join('\r\n');
	t.deepEqual(parseRegisters(text), [
		{ cpu: 0, rip: 'ffffffff81abb2e3', isHalted: true },
		{ cpu: 1, rip: 'ffffffff81001234', isHalted: false },
	]);
});

const ended = new GuestEnded({ reason: 'panic', detail: 'the kernel panicked: x', stderr: [] });
for (const [what, error, kind, detail] of [
	['whose console does not follow', new DeadlineError('"blocked tasks listed" on the console', 10_000), 'test', /console does not follow$/],
	['that starts no process', new GuestError('/bin/sh', 12, 'Cannot allocate memory'), 'test', /starts no process$/],
	['that ends while it is asked', ended, 'ended', /panicked: x$/],
] as const)
	test(`a guest ${what} is a result`, async (t) => {
		const machine = {
			timeoutScale: 1,
			console: { tapLines: () => () => {} },
			watch: (work: () => Promise<unknown>) => work(),
			agent: { ping: async () => 1n },
			exec: async () => ({}),
			mark: () => Promise.reject(error),
		} as unknown as Machine;
		const hang = await diagnoseHang(machine);
		t.is(hang.kind, kind);
		t.regex(hang.detail, detail);
	});

test("reads of the 9p server are counted from QEMU's trace, and there are none before the first", async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	const path = join(dir, 'trace');
	t.deepEqual(await countNinepReads(path), { requests: 0, bytes: 0 });
	await writeFile(
		path,
		[
			'v9fs_read tag 0 id 116 fid 2 off 0 max_count 4096',
			'v9fs_read_return tag 0 id 116 count 4096 err 4107',
			'v9fs_read tag 1 id 116 fid 2 off 4096 max_count 4096',
			'v9fs_read_return tag 1 id 116 count 10 err 21',
			'',
		].join('\n'),
	);
	t.deepEqual(await countNinepReads(path), { requests: 2, bytes: 4106 });
});
