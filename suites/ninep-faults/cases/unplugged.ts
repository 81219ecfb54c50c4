/** The 9p device is unplugged under a mount: the mount is served to its end, another is refused, and one works when the device is back. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { poll } from '../../../runner/util/deadline.ts';
import { withClient } from './guest.ts';
import { makeTree } from './tree.ts';

export default scenario((t) =>
	withClient(t, async ({ verb, read }) => {
		const hash = await makeTree(t.share('export'), t.seed);
		await verb('mount');
		const unplug = await t.fault.arm('unplug');
		const cold = await read();
		t.ok(cold.hash === hash, 'the mount gives the content of the server to its end');
		t.evidence('fired_while_mounted', await unplug.fired());
		await verb('umount');
		await poll(async () => (await unplug.fired()) === 1, { ms: 60_000, what: 'the guest to let go of the device', signal: t.signal });
		await verb('mount-fails');
		t.ok(true, 'without the device there is no mount');
		await unplug.disarm();
		await poll(async () => (await t.guest.exec(['/bin/sh', '-c', 'ls /sys/bus/virtio/drivers/9pnet_virtio/*/mount_tag'])).exitCode === 0, {
			ms: 60_000,
			what: 'the device to be back',
			signal: t.signal,
		});
		await verb('mount');
		const warm = await read();
		t.ok(warm.hash === hash, 'with the device back a mount gives the content of the server');
		t.ok(warm.serverBytes === 0, 'from the cache', `${warm.serverBytes} bytes from the server`);
		t.evidence('warm_cache_reads', warm.cacheReads);
	}),
);
