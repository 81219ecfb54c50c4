/**
 * The power goes while a file is copied to the cache, on a disk so slow that the copy cannot have ended. After the reboot the cache is used
 * as the disk has it: what was committed before comes from it, what was not is never taken for content, and a file that changed on the
 * server in between is read fresh.
 */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './guest.ts';
import { makeTree, rewrite, treeBytes } from './tree.ts';

export default scenario((t) =>
	withClient(t, async ({ verb, read }) => {
		const share = t.share('export');
		await makeTree(share, t.seed);
		await verb('mount');
		const cold = await read();
		t.evidence('committed_files', (await verb('umount')).get('cache_files') ?? '');

		// Its cache file is stale now, and another is made.
		const changed = await rewrite(share, 'large', t.seed + 10);
		await verb('mount');
		const slow = await t.fault.arm('slow');
		t.evidence('copy_pending', (await verb('read-on large')).get('pending') ?? 0);
		await slow.fired();
		await t.crash();

		await verb('start kept');
		await verb('mount');
		const after = await read();
		t.ok(after.hash === changed, 'after the crash everything read is what the server has');
		t.ok(after.serverBytes < treeBytes, 'and some of it comes from the cache', `${after.serverBytes} bytes from the server`);
		await verb('umount');
		const again = await rewrite(share, 'medium', t.seed + 11);
		await verb('mount');
		const fresh = await read();
		t.ok(fresh.hash === again, 'a file that changed since is read fresh');
		await verb('umount');
		await verb('mount');
		const warm = await read();
		t.ok(warm.hash === again, 'the next mount gives the same');
		t.ok(warm.serverBytes === 0, 'all of it from the cache', `${warm.serverBytes} bytes from the server`);
		t.evidence('cold_cache_writes', cold.cacheWrites);
		t.evidence('after_cache_reads', after.cacheReads);
	}),
);
