/** A file changes on the server between mounts: its cache file is not served any more, those of the others are. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './client.ts';
import { makeTree, rewrite, sizes, treeBytes } from './tree.ts';

export default scenario((t) =>
	withClient(t, async (client) => {
		const share = t.share('export');
		const hash = await makeTree(share, t.seed);

		await client.mount('fscache');
		const cold = await client.read();
		t.ok(cold.hash === hash, 'cold read gives the content of the server');
		await client.umount();

		const changed = await rewrite(share, 'large', t.seed + 10);
		await client.mount('fscache');
		const fresh = await client.read();
		t.ok(fresh.hash === changed, 'the changed file is read fresh');
		t.ok(fresh.serverBytes >= sizes.large, 'its bytes come from the server', `${fresh.serverBytes} bytes`);
		t.ok(fresh.serverBytes < treeBytes, 'those of the other files do not', `${fresh.serverBytes} bytes`);
		await client.umount();

		await client.mount('fscache');
		const warm = await client.read();
		t.ok(warm.hash === changed && warm.serverRequests === 0, 'the new content is cached in turn', `${warm.serverRequests} READs`);

		t.evidence('cold_cache_writes', cold.cacheWrites);
		t.evidence('fresh_server_read_bytes', fresh.serverBytes);
		t.evidence('fresh_cache_reads', fresh.cacheReads);
		t.evidence('warm_cache_reads', warm.cacheReads);
	}),
);
