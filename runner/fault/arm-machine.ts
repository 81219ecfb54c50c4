/** Faults of the machine, armed through QMP. */

import { imageNode, shareDevice } from '../vm/qemu-args.ts';
import type { Qmp, QmpEvent } from '../vm/qmp.ts';
import type { HostFault } from './fault.ts';

/** A fault that is in force. */
export interface ArmedFault {
	/** How often it has fired so far. */
	readonly fired: () => Promise<number>;
	/** Ends it; how often it fired in all. */
	readonly disarm: () => Promise<number>;
}

/** Arms it; throws a QmpError when QEMU refuses. */
export async function armMachine(qmp: Qmp, fault: HostFault): Promise<ArmedFault> {
	switch (fault.kind) {
		case 'disk-throttled':
			return throttle(qmp, fault);
		case 'disk-broken':
			return breakDisk(qmp, fault);
		case 'share-unplugged':
			return unplug(qmp, fault);
	}
}

type Kind<K extends HostFault['kind']> = Extract<HostFault, { kind: K }>;

async function throttle(qmp: Qmp, { disk, perSecond }: Kind<'disk-throttled'>): Promise<ArmedFault> {
	const device = deviceOf(disk);
	const limit = (iops: number) =>
		qmp.execute('block_set_io_throttle', { id: device, bps: 0, bps_rd: 0, bps_wr: 0, iops, iops_rd: 0, iops_wr: 0 });
	const before = await countRequests(qmp, device, answered);
	await limit(perSecond);
	const fired = async () => (await countRequests(qmp, device, answered)) - before;
	return {
		fired,
		async disarm() {
			const count = await fired();
			await limit(0);
			return count;
		},
	};
}

/** QEMU's blkdebug goes between the device and the image, and out again. */
async function breakDisk(qmp: Qmp, { disk, of }: Kind<'disk-broken'>): Promise<ArmedFault> {
	const device = deviceOf(disk);
	const error = `${disk}-error`;
	const put = (file: string) => {
		const node = { driver: 'raw', 'node-name': disk, 'read-only': false, cache: { 'no-flush': true }, file };
		return qmp.execute('blockdev-reopen', { options: [node] });
	};
	const types = of === 'all' ? ['read', 'write'] : [of === 'reads' ? 'read' : 'write'];
	const rules = types.map((iotype) => ({ event: 'none', iotype, errno: 5, once: false }));
	const before = await countRequests(qmp, device, failed);
	await qmp.execute('blockdev-add', { driver: 'blkdebug', 'node-name': error, image: imageNode(disk), 'inject-error': rules });
	await put(error);
	const fired = async () => (await countRequests(qmp, device, failed)) - before;
	return {
		fired,
		async disarm() {
			const count = await fired();
			await put(imageNode(disk));
			await qmp.execute('blockdev-del', { 'node-name': error });
			return count;
		},
	};
}

function deviceOf(disk: string): string {
	return `/machine/peripheral/disk-${disk}/virtio-backend`;
}

const answered = ['rd_operations', 'wr_operations', 'flush_operations'];
const failed = ['failed_rd_operations', 'failed_wr_operations', 'failed_flush_operations'];

/** The sum of these counters of the device. */
async function countRequests(qmp: Qmp, device: string, names: readonly string[]): Promise<number> {
	const all = (await qmp.execute('query-blockstats')) as { qdev?: string; stats: Record<string, number> }[];
	const stats = all.find(({ qdev }) => qdev === device)?.stats ?? {};
	return names.reduce((sum, name) => sum + (stats[name] ?? 0), 0);
}

/** The guest lets go of a device when it likes: a mounted one, when it is unmounted. Disarmed, the share is plugged in again. */
async function unplug(qmp: Qmp, { share }: Kind<'share-unplugged'>): Promise<ArmedFault> {
	const device = shareDevice(share);
	let deleted = 0;
	const onEvent = ({ event, data }: QmpEvent) => {
		if (event === 'DEVICE_DELETED' && data.device === device.id) deleted++;
	};
	qmp.on('event', onEvent);
	await qmp.execute('device_del', { id: device.id });
	return {
		fired: async () => deleted,
		async disarm() {
			qmp.off('event', onEvent);
			if (deleted > 0) await qmp.execute('device_add', device);
			return deleted;
		},
	};
}
