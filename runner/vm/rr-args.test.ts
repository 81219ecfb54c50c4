import test from 'ava';
import type { MachineSpec } from './machine-spec.ts';
import { qemuArgs } from './qemu-args.ts';

const disks = [{ name: 'cache', path: '/d/cache.qcow2', format: 'qcow2' as const }];
const spec: MachineSpec = { kernel: '/k/vmlinux', initrd: '/k/initramfs', cpus: 1, memoryMiB: 1024, accel: 'tcg', disks };
const recorded = qemuArgs(spec, { sockets: '/tmp/s', log: { mode: 'record', path: '/r/rr.log', outputs: '/r/o' } });
const replayed = qemuArgs(spec, { sockets: '/tmp/s', log: { mode: 'replay', path: '/r/rr.log', outputs: '/o' } });

const valuesOf = (args: readonly string[], option: string) => args.filter((_, at) => args[at - 1] === option);

test('a recorded machine counts its instructions and writes a log, and a replayed one reads it', (t) => {
	t.deepEqual(valuesOf(recorded, '-icount'), ['shift=auto,rr=record,rrfile=/r/rr.log']);
	t.deepEqual(valuesOf(replayed, '-icount'), ['shift=auto,rr=replay,rrfile=/r/rr.log']);
	t.deepEqual(valuesOf(recorded, '-accel'), ['tcg,thread=single']);
});

test('every channel is a serial port with an interrupt of its own, and QEMU logs what comes in through it', (t) => {
	t.deepEqual(valuesOf(recorded, '-serial'), [
		'chardev:console',
		'none',
		'none',
		'none',
		'chardev:agent',
		'chardev:results',
		'chardev:trace',
	]);
	t.deepEqual(
		valuesOf(recorded, '-device').filter((device) => device.includes('serial')),
		[
			'isa-serial,index=1,irq=3,chardev=agent',
			'isa-serial,index=2,irq=5,chardev=results',
			'isa-serial,index=3,irq=7,chardev=trace',
			'virtio-blk-pci,drive=cache,serial=cache,id=disk-cache,ioeventfd=off',
		],
	);
	t.is(valuesOf(recorded, '-append')[0]?.match(/crucible\.ports=serial/g)?.length, 1);
});

test('the two machines are the same but for the log and where their channels end', (t) => {
	const differing = recorded.filter((arg, at) => arg !== replayed[at]);
	t.is(recorded.length, replayed.length);
	t.deepEqual(
		differing.map((arg) => arg.replace(/,.*/, '')),
		['shift=auto', 'file', 'pipe', 'file', 'file'],
	);
	t.deepEqual(valuesOf(recorded, '-chardev')[2], 'pipe,id=agent,path=/tmp/s/agent');
	t.deepEqual(valuesOf(replayed, '-chardev').slice(1), [
		'file,id=console,path=/o/console.log',
		'file,id=agent,path=/o/agent.log',
		'file,id=results,path=/o/results.log',
		'file,id=trace,path=/o/trace.log',
	]);
});

test('a disk answers when the log says so, and devices are served where the guest asks them', (t) => {
	t.true(valuesOf(recorded, '-blockdev').includes('driver=blkreplay,node-name=cache,read-only=off,image=cache-image'));
	t.true(valuesOf(recorded, '-device').includes('virtio-blk-pci,drive=cache,serial=cache,id=disk-cache,ioeventfd=off'));
});

test('states to go back to are kept on a drive of no device', (t) => {
	const args = qemuArgs(spec, { sockets: '/s', log: { mode: 'replay', path: '/r/rr.log', outputs: '/o', snapshots: '/o/a,b.qcow2' } });
	t.deepEqual(valuesOf(args, '-drive'), ['file=/o/a,,b.qcow2,if=none,format=qcow2,id=snapshots']);
	t.deepEqual(valuesOf(replayed, '-drive'), []);
});
