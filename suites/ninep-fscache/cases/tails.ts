/**
 * Files that do not end at a page boundary. 6.12.117 does not copy the last partial page of such a file to the cache when 9p
 * reads it, and asks the server for it each time; 6.1 does copy it. Either way the content is right and nothing more is asked.
 */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './client.ts';
import { bytesOf, makeTree } from './tree.ts';

const odd = { large: 1_048_699, page_and_more: 4_999, tiny: 123 };
const tails = Object.fromEntries(Object.entries(odd).map(([name, size]) => [name, size % 4096]));

export default scenario((t) =>
	withClient(t, async (client) => {
		const hash = await makeTree(t.share('export'), t.seed, odd);

		await client.mount('fscache');
		const cold = await client.read();
		t.ok(cold.hash === hash, 'cold read gives the content of the server');
		await client.umount();

		await client.mount('fscache');
		const warm = await client.read();
		t.ok(warm.hash === hash, 'warm read gives the content of the server');
		t.ok(warm.serverBytes <= bytesOf(tails), 'no whole page comes from the server', `${warm.serverBytes} bytes`);

		t.evidence('file_bytes', bytesOf(odd));
		t.evidence('tail_bytes', bytesOf(tails));
		t.evidence('cold_server_read_bytes', cold.serverBytes);
		t.evidence('warm_cache_reads', warm.cacheReads);
		t.evidence('warm_server_read_bytes', warm.serverBytes);
	}),
);
