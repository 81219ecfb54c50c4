/** A cached file is written through the mount; host, guest and cache agree on the new content. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
		const start = seededBytes(t.seed + 3, 200_000);
		const large = Buffer.concat([start, (await readFile(join(share, 'large'))).subarray(start.length)]);
		const small = seededBytes(t.seed + 4, sizes.small + 69_632);
		await client.write('large', start);
		await client.write('small', small);
		const holds = async (name: string, bytes: Buffer) => bytes.equals(await readFile(join(share, name)));
		t.ok((await holds('large', large)) && (await holds('small', small)), 'the host sees what was written, and around it what was there');
		const written = await hashOfTree(share);
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
