import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { chooseAccel, probe } from './accel.ts';
import { qemu } from './qemu-args.ts';

test('the probe guest runs where guests run', async (t) => {
	t.deepEqual(await probe('tcg', { ms: 30_000 }), { isUsable: true, reason: 'a guest ran under it' });
});

test('a guest that does not end in time is a finding, not a wait', async (t) => {
	const { isUsable, reason } = await probe('tcg', { ms: 1 });
	t.false(isUsable);
	t.regex(reason, /a guest that should exit at once did not run within 0.001 s/);
});

test('tcg needs no proof', async (t) => {
	t.deepEqual(await chooseAccel('tcg', { stateDir: '/nowhere' }), { accel: 'tcg', reason: 'asked for', timeoutScale: 4 });
});

test('an answer of this boot and this QEMU is believed; kvm that does not work is refused with the reason', async (t) => {
	const stateDir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(stateDir, { recursive: true, force: true }));
	const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
	const version = (await exec(qemu, ['--version'])).stdout.split('\n')[0];
	await writeFile(join(stateDir, 'accel.json'), JSON.stringify({ bootId, qemu: version, isUsable: false, reason: 'it was seen to fail' }));
	const choice = await chooseAccel('auto', { stateDir });
	t.is(choice.accel, 'tcg');
	t.regex(choice.reason, /it was seen to fail|\/dev\/kvm/);
	const error = await t.throwsAsync(chooseAccel('kvm', { stateDir }), { instanceOf: UserError, message: /^KVM cannot be used here: / });
	t.truthy(error.hint);
});
