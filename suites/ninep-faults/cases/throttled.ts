/** The disk of the cache is slow, by QEMU's doing, while the cache is filled and read; all that is read is right. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './guest.ts';
import { makeTree } from './tree.ts';

export default scenario((t) =>
	withClient(t, async ({ verb, read }) => {
		const hash = await makeTree(t.share('export'), t.seed);
		await t.fault.arm('slow');
		await verb('mount');
		const cold = await read();
		await verb('umount');
		await verb('mount');
		const warm = await read();
		t.ok(cold.hash === hash, 'the cold read gives the content of the server');
		t.ok(warm.hash === hash, 'the warm read gives the content of the server');
		t.ok(warm.serverBytes === 0, 'from the cache', `${warm.serverBytes} bytes from the server`);
		t.evidence('cold_cache_writes', cold.cacheWrites);
		t.evidence('warm_cache_reads', warm.cacheReads);
	}),
);
