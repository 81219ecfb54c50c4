/** Faults of the machine, armed through QMP. */

import { shareDevice } from '../vm/qemu-args.ts';
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
	return fault.kind === 'disk-throttled' ? throttle(qmp, fault) : unplug(qmp, fault);
}

async function throttle(qmp: Qmp, { disk, perSecond }: Extract<HostFault, { kind: 'disk-throttled' }>): Promise<ArmedFault> {
	const device = `/machine/peripheral/disk-${disk}/virtio-backend`;
	const limit = (iops: number) =>
		qmp.execute('block_set_io_throttle', { id: device, bps: 0, bps_rd: 0, bps_wr: 0, iops, iops_rd: 0, iops_wr: 0 });
	const before = await requestsOf(qmp, device);
	await limit(perSecond);
	const fired = async () => (await requestsOf(qmp, device)) - before;
	return {
		fired,
		async disarm() {
			const count = await fired();
			await limit(0);
			return count;
		},
	};
}

/** Requests of any kind that the device has answered. */
async function requestsOf(qmp: Qmp, device: string): Promise<number> {
	const all = (await qmp.execute('query-blockstats')) as { qdev?: string; stats: Record<string, number> }[];
	const stats = all.find(({ qdev }) => qdev === device)?.stats ?? {};
	return ['rd_operations', 'wr_operations', 'flush_operations'].reduce((sum, name) => sum + (stats[name] ?? 0), 0);
}

/** The guest lets go of a device when it likes: a mounted one, when it is unmounted. Disarmed, the share is plugged in again. */
async function unplug(qmp: Qmp, { share }: Extract<HostFault, { kind: 'share-unplugged' }>): Promise<ArmedFault> {
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
