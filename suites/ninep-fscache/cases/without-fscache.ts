/** The control: cache=mmap, with the cache running. Each read goes to QEMU and none to the cache, so the counters can tell the two apart. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './client.ts';
import { makeTree, treeBytes } from './tree.ts';

export default scenario((t) =>
	withClient(t, async (client) => {
		const hash = await makeTree(t.share('export'), t.seed);

		await client.mount('mmap');
		const cold = await client.read();
		t.ok(cold.hash === hash, 'cold read gives the content of the server');
		const { cacheFiles } = await client.umount();

		await client.mount('mmap');
		const second = await client.read();
		t.ok(second.hash === hash, 'second read gives the content of the server');
		t.ok(second.serverBytes >= treeBytes, 'second read asks the server for every byte again', `${second.serverBytes} bytes`);
		const touched = cold.cacheReads + cold.cacheWrites + second.cacheReads + second.cacheWrites;
		t.ok(touched === 0, 'the cache is neither read nor written', `${touched} operations`);
		t.ok(cacheFiles === 0, 'the cache holds no file');

		t.evidence('file_bytes', treeBytes);
		t.evidence('cold_server_read_bytes', cold.serverBytes);
		t.evidence('warm_server_read_bytes', second.serverBytes);
	}),
);
