/** Requests to the disk of the cache fail, by QEMU's doing: readers get what the server has, and the cache works when the disk does. */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withClient } from './guest.ts';
import { hashesOfTree, makeTree, rewrite } from './tree.ts';

/** Each file is read right, or not to its end. */
async function isRightOrEio(share: string, read: ReadonlyMap<string, string>): Promise<boolean> {
	return [...(await hashesOfTree(share))].every(([name, hash]) => [hash, 'EIO'].includes(read.get(name) ?? ''));
}

export default scenario((t) =>
	withClient(t, async ({ verb, read }) => {
		await makeTree(t.share('export'), t.seed);
		await verb('mount');
		await read();
		await verb('umount');
		// One file is to be copied anew, the others are to be read.
		const hash = await rewrite(t.share('export'), 'medium', t.seed + 10);
		await verb('mount');
		const broken = await t.fault.arm('broken');
		const cold = await read();
		const isRight = cold.hash === hash;
		const each = isRight ? new Map<string, string>() : await verb('read-each');
		const hasEio = cold.hash.includes('Input/output error') || [...each.values()].includes('EIO');
		t.okKnown(
			'netfs-cache-error-reaches-reader',
			isRight,
			!isRight && hasEio && (await isRightOrEio(t.share('export'), each)),
			'while the disk is broken everything read is what the server has',
		);
		await broken.disarm();
		await verb('stop');

		await verb('start kept');
		await verb('mount');
		const again = await read();
		await verb('umount');
		await verb('mount');
		const warm = await read();
		t.ok(again.hash === hash && warm.hash === hash, 'afterwards two mounts give what the server has');
		t.ok(warm.serverBytes === 0, 'the second from the cache', `${warm.serverBytes} bytes from the server`);
		t.evidence('warm_cache_reads', warm.cacheReads);
	}),
);
