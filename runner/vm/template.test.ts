import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { InfraError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { diskSize } from './disk-size.ts';
import type { MachineSpec } from './machine-spec.ts';
import { type TemplateFacts, templateKey } from './template-key.ts';
import { chooseVictims } from './template-limit.ts';
import { compare, describeRam, type Manifest } from './template-manifest.ts';
import { fitsComfortably, parseAvailable } from './template-place.ts';

const spec: MachineSpec = {
	kernel: '/k/vmlinux',
	initrd: '/k/initramfs',
	cmdline: 'a=b',
	cpus: 2,
	memoryMiB: 1024,
	accel: 'tcg',
	disks: [{ name: 'cache', path: '/run/one/cache.qcow2', format: 'qcow2' }],
	shares: [{ tag: 'export', path: '/run/one/share' }],
};
const facts: TemplateFacts = { kernelHash: 'k', initrdHash: 'i', qemuVersion: 'QEMU 7.2', diskBytes: { cache: 512 } };

test('a template is the same for every run: paths are not in its key', (t) => {
	const other: MachineSpec = {
		...spec,
		kernel: '/elsewhere/vmlinux',
		initrd: '/elsewhere/initramfs',
		disks: [{ name: 'cache', path: '/run/two/cache.raw', format: 'raw' }],
		shares: [{ tag: 'export', path: '/run/two' }],
	};
	t.regex(templateKey(spec, facts), /^[0-9a-f]{16}$/);
	t.is(templateKey(other, facts), templateKey(spec, facts));
});

const changes: readonly { what: string; spec?: Partial<MachineSpec>; facts?: Partial<TemplateFacts> }[] = [
	{ what: 'kernel', facts: { kernelHash: 'K' } },
	{ what: 'initramfs', facts: { initrdHash: 'I' } },
	{ what: 'QEMU', facts: { qemuVersion: 'QEMU 8.0' } },
	{ what: 'host CPU', facts: { cpuModel: 'other' } },
	{ what: 'size of a disk', facts: { diskBytes: { cache: 1024 } } },
	{ what: 'name of a disk', spec: { disks: [{ name: 'other', path: '/d', format: 'raw' }] } },
	{ what: 'read-only disk', spec: { disks: [{ name: 'cache', path: '/d', format: 'raw', readOnly: true }] } },
	{ what: 'tag of a share', spec: { shares: [{ tag: 'other', path: '/s' }] } },
	{ what: 'number of CPUs', spec: { cpus: 4 } },
	{ what: 'memory', spec: { memoryMiB: 512 } },
	{ what: 'command line', spec: { cmdline: 'a=c' } },
	{ what: 'accelerator', spec: { accel: 'kvm' } },
	{ what: 'argument of its own', spec: { extraArgs: ['-icount', 'shift=1'] } },
];

for (const { what, ...changed } of changes)
	test(`another ${what} is another template`, (t) => {
		t.not(templateKey({ ...spec, ...changed.spec }, { ...facts, ...changed.facts }), templateKey(spec, facts));
	});

const manifest: Manifest = {
	key: 'k',
	qemuVersion: 'QEMU 7.2',
	bootId: 'b',
	bootMs: 1,
	state: { bytes: 10, sha256: 's' },
	ram: { path: '/r', bytes: 4096, allocatedBytes: 1024, mtimeMs: 5 },
};
const found = {
	key: 'k',
	qemuVersion: 'QEMU 7.2',
	bootId: 'b',
	state: { bytes: 10, sha256: 's' },
	ram: { bytes: 4096, allocatedBytes: 2048, mtimeMs: 5 },
};

const { bootId: _, ...onDisk } = manifest;

test('a template that is as it was saved has no flaw, and a reboot is none to RAM on a disk', (t) => {
	t.is(compare(manifest, found), undefined);
	t.is(compare(onDisk, { ...found, bootId: 'later' }), undefined);
});

test('RAM on a disk has all that was saved of it; in memory the kernel may take back what clones read of its holes', (t) => {
	const less = { ...found, ram: { ...found.ram, allocatedBytes: 512 } };
	t.is(compare(onDisk, less), 'its RAM has holes that it did not have');
	t.is(compare(manifest, less), undefined);
});

const flaws = [
	{ change: { key: 'x' }, flaw: 'it is the template k' },
	{ change: { qemuVersion: 'QEMU 8.0' }, flaw: 'it was saved by QEMU 7.2' },
	{ change: { bootId: 'later' }, flaw: 'the host was booted again' },
	{ change: { state: undefined }, flaw: 'its state is gone' },
	{ change: { state: { bytes: 9, sha256: 's' } }, flaw: 'its state has 9 bytes instead of 10' },
	{ change: { state: { bytes: 10, sha256: 'x' } }, flaw: 'its state was changed' },
	{ change: { ram: undefined }, flaw: 'its RAM is gone' },
	{ change: { ram: { ...found.ram, bytes: 1 } }, flaw: 'its RAM has 1 bytes instead of 4096' },
	{ change: { ram: { ...found.ram, mtimeMs: 6 } }, flaw: 'its RAM was written to' },
];

for (const { change, flaw } of flaws)
	test(`a template is refused: ${flaw}`, (t) => {
		t.is(compare(manifest, { ...found, ...change }), flaw);
	});

test('the templates used longest ago go, by number and by size, and never the current one', (t) => {
	const kept = [1, 2, 3, 4].map((n) => ({ key: `${n}`, usedMs: n, bytes: 100 }));
	t.deepEqual(chooseVictims(kept, { most: 4, mostBytes: 400 }, '4'), []);
	t.deepEqual(chooseVictims(kept, { most: 3, mostBytes: 400 }, '4'), ['1']);
	t.deepEqual(chooseVictims(kept, { most: 4, mostBytes: 250 }, '4'), ['2', '1']);
	t.deepEqual(chooseVictims(kept, { most: 1, mostBytes: 0 }, '1'), ['4', '3', '2']);
});

test('RAM goes to memory only where two clones fit beside it', (t) => {
	const gibibyte = 1024 ** 3;
	t.true(fitsComfortably(gibibyte, { freeBytes: 2 * gibibyte, availableBytes: 4 * gibibyte }));
	t.false(fitsComfortably(gibibyte, { freeBytes: 2 * gibibyte, availableBytes: 3 * gibibyte }));
	t.false(fitsComfortably(gibibyte, { freeBytes: gibibyte, availableBytes: 8 * gibibyte }));
	t.is(parseAvailable('MemTotal:       24732160 kB\nMemAvailable:   23723520 kB\n'), 23_723_520 * 1024);
	t.is(parseAvailable(''), 0);
});

test("a disk's size is what a guest sees, and a file of another format is refused", async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const [raw, qcow2] = [join(dir, 'raw'), join(dir, 'qcow2')];
	await writeFile(raw, '');
	await truncate(raw, 4096);
	await exec('qemu-img', ['create', '-q', '-f', 'qcow2', qcow2, '5G']);
	t.is(await diskSize({ path: raw, format: 'raw' }), 4096);
	t.is(await diskSize({ path: qcow2, format: 'qcow2' }), 5 * 1024 ** 3);
	await t.throwsAsync(diskSize({ path: raw, format: 'qcow2' }), { instanceOf: InfraError, message: /is not a qcow2 file$/ });
	await utimes(raw, 1, 1);
	t.deepEqual(await describeRam(raw), { bytes: 4096, allocatedBytes: 0, mtimeMs: 1_000 });
});
