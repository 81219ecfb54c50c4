import test from 'ava';
import { UserError } from '../util/errors.ts';
import type { MachineSpec } from './machine-spec.ts';
import { formatQemuLine, qemuArgs } from './qemu-args.ts';

const spec: MachineSpec = { kernel: '/k/vmlinux', initrd: '/k/initramfs', cpus: 2, memoryMiB: 1024, accel: 'tcg' };
const files = { sockets: '/tmp/s' };

const valuesOf = (args: readonly string[], option: string) => args.filter((_, at) => args[at - 1] === option);

test('a machine has its four ports, console and QMP, and no network', (t) => {
	const args = qemuArgs(spec, files);
	const devices = valuesOf(args, '-device');
	for (const name of ['agent', 'results', 'trace', 'ssh'])
		t.true(devices.includes(`virtserialport,chardev=${name},name=crucible.${name},id=${name}`));
	t.deepEqual(valuesOf(args, '-serial'), ['chardev:console']);
	t.deepEqual(valuesOf(args, '-mon'), ['chardev=qmp,mode=control']);
	t.false(args.some((arg) => /net/.test(arg)));
	t.deepEqual(valuesOf(args, '-accel'), ['tcg,thread=multi']);
	t.deepEqual(valuesOf(qemuArgs({ ...spec, accel: 'kvm' }, files), '-accel'), ['kvm']);
});

test('the kernel command line ends a panic at once and takes additions', (t) => {
	const [line] = valuesOf(qemuArgs({ ...spec, cmdline: 'slub_debug=P' }, files), '-append');
	t.regex(line ?? '', /console=ttyS0 panic=-1 .*slub_debug=P$/);
});

test('a disk is known by its name, and a comma in its path does not end it', (t) => {
	const args = qemuArgs({ ...spec, disks: [{ name: 'cache', path: '/a,b/cache.qcow2', format: 'qcow2' }] }, files);
	t.true(valuesOf(args, '-device').includes('virtio-blk-pci,drive=cache,serial=cache,id=disk-cache'));
	t.regex(
		valuesOf(args, '-blockdev').join(),
		/driver=qcow2,node-name=cache-image,read-only=off.*file\.filename=\/a,,b\/cache\.qcow2,driver=raw,node-name=cache,.*file=cache-image$/,
	);
});

test('a share is a 9p mount tag that can be unplugged, and its reads are traced when asked', (t) => {
	const shares = [{ tag: 'export', path: '/srv' }];
	const devices = valuesOf(qemuArgs({ ...spec, shares }, files), '-device');
	t.true(devices.includes('pcie-root-port,id=port-export,chassis=1'));
	t.true(devices.includes('virtio-9p-pci,id=share-export,fsdev=share-export,mount_tag=export,bus=port-export'));
	t.deepEqual(valuesOf(qemuArgs({ ...spec, shares }, { ...files, ninepTrace: '/log' }), '-D'), ['/log']);
});

test('a name that QEMU would cut short is refused', (t) => {
	const long = { name: 'a-name-of-21-letters-x', path: '/d', format: 'raw' as const };
	t.throws(() => qemuArgs({ ...spec, disks: [long] }, files), { instanceOf: UserError });
	t.throws(() => qemuArgs({ ...spec, shares: [{ tag: 'a,b', path: '/d' }] }, files), { instanceOf: UserError });
});

test('the line for people keeps a value beside its option and quotes what a shell would change', (t) => {
	t.is(
		formatQemuLine(['-nodefaults', '-append', "a b 'c'", '-m', '1G']),
		"qemu-system-x86_64 \\\n  -nodefaults \\\n  -append 'a b '\\''c'\\''' \\\n  -m 1G",
	);
});

test('time leaps under TCG where asked for, with the CPUs in turn; KVM knows nothing of it', (t) => {
	const warped = qemuArgs({ ...spec, clock: 'warp' }, files);
	t.deepEqual(valuesOf(warped, '-icount'), ['shift=1,sleep=off']);
	t.deepEqual(valuesOf(warped, '-accel'), ['tcg,thread=single']);
	t.deepEqual(valuesOf(qemuArgs(spec, files), '-icount'), []);
	t.deepEqual(valuesOf(qemuArgs({ ...spec, accel: 'kvm', clock: 'warp' }, files), '-icount'), []);
});

test('a virtiofs share is a vhost-user device on a socket of its own, and the memory is shared with its daemon', (t) => {
	const shares = [{ tag: 'export', path: '/srv', kind: 'virtiofs' as const }];
	const args = qemuArgs({ ...spec, shares }, files);
	t.true(valuesOf(args, '-device').includes('vhost-user-fs-pci,chardev=share-export,tag=export'));
	t.true(valuesOf(args, '-object').includes(`memory-backend-memfd,id=ram,size=${spec.memoryMiB}M,share=on`));
	t.regex(valuesOf(args, '-machine')[0] ?? '', /memory-backend=ram/);
	t.false(args.some((arg) => arg.includes('fsdev')));
	t.false(valuesOf(qemuArgs(spec, files), '-object').some((value) => value.startsWith('memory-backend')));
});
