/** A cached file is written through the mount; host, guest and cache agree on the new content. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './client.ts';
import { hashOfTree, makeTree, seededBytes, sizes } from './tree.ts';

export default scenario((t) =>
	withClient(t, async (client) => {
		const share = t.share('export');
		const hash = await makeTree(share, t.seed);

		await client.mount('fscache');
		const cold = await client.read();
		t.ok(cold.hash === hash, 'cold read gives the content of the server');
		// Into the middle of a page of one file; another grows by whole pages.
		await client.write('large', seededBytes(t.seed + 3, 200_000));
		await client.write('small', seededBytes(t.seed + 4, sizes.small + 69_632));
		const written = await hashOfTree(share);
		t.ok(written !== hash, 'the host sees other content');
		const resident = await client.drop();
		const back = await client.read();
		t.ok(back.hash === written, 'read back under the mount gives the new content');
		await client.umount();

		await client.mount('fscache');
		const fresh = await client.read();
		t.ok(fresh.hash === written, 'read back after a remount gives the new content');
		await client.umount();

		await client.mount('fscache');
		const warm = await client.read();
		t.ok(warm.hash === written, 'the new content, once cached, is read back the same');
		t.ok(warm.serverRequests === 0, 'it is served without a READ on the server', `${warm.serverRequests} READs`);

		t.evidence('cold_cache_writes', cold.cacheWrites);
		t.evidence('resident_pages_after', resident.after);
		t.evidence('warm_cache_reads', warm.cacheReads);
	}),
);
