/** Content goes both ways through a virtiofs mount, and is what it was. */

import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scenario } from '../../../runner/suite/scenario.ts';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

export default scenario(async (t) => {
	const share = t.share('export');
	const ours = randomBytes(1_000_003);
	await writeFile(join(share, 'from-host'), ours);
	await t.guest.sh('mkdir /run/case/mnt && mount -t virtiofs export /run/case/mnt');
	const seen = async (name: string) => (await t.guest.sh(`sha256sum <mnt/${name}`)).split(' ')[0];
	t.ok((await seen('from-host')) === sha256(ours), 'the guest reads what the host wrote');

	const [guestHash] = (await t.guest.sh('head -c 1000003 /dev/urandom >here; cp here mnt/from-guest; sync; sha256sum <here')).split(' ');
	const theirs = await readFile(join(share, 'from-guest'));
	t.ok(sha256(theirs) === guestHash, 'the host reads what the guest wrote');

	const changed = randomBytes(2_000_003);
	await writeFile(join(share, 'from-host'), changed);
	// Attributes are cached for a second (virtiofsd's cache=auto); a new open asks again when they have gone stale.
	await t.guest.sh('echo 3 >/proc/sys/vm/drop_caches');
	t.ok((await seen('from-host')) === sha256(changed), 'the guest reads what the host changed');

	t.evidence('guest_read_bytes', Number(await t.guest.sh('wc -c <mnt/from-host')));
	t.evidence('host_read_bytes', theirs.length);
	await t.guest.sh('umount mnt');
});
