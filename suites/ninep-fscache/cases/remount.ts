/** A cold read fills the cache; after a remount the same bytes come from it and QEMU is asked for none. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './client.ts';
import { makeTree, treeBytes } from './tree.ts';

export default scenario((t) =>
	withClient(t, async (client) => {
		const hash = await makeTree(t.share('export'), t.seed);

		await client.mount('fscache');
		const cold = await client.read();
		t.ok(cold.hash === hash, 'cold read gives the content of the server');
		const { cacheFiles, cacheBytes } = await client.umount();

		await client.mount('fscache');
		const warm = await client.read();
		t.ok(warm.hash === hash, 'warm read gives the content of the server');
		t.ok(warm.serverRequests === 0, 'warm read is served without a READ on the server', `${warm.serverRequests} READs`);
		t.ok(warm.cacheReads > 0, 'warm read is served by the cache');

		t.evidence('file_bytes', treeBytes);
		t.evidence('cold_server_read_bytes', cold.serverBytes);
		t.evidence('cold_cache_writes', cold.cacheWrites);
		t.evidence('cache_files', cacheFiles);
		t.evidence('cache_bytes', cacheBytes);
		t.evidence('warm_cache_reads', warm.cacheReads);
		t.evidence('warm_server_read_bytes', warm.serverBytes);
	}),
);
