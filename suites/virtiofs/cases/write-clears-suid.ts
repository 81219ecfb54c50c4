/** FUSE_HANDLE_KILLPRIV_V2: the client says when a write must cost the set-user-ID bit, and the server takes it away. */

import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scenario } from '../../../runner/suite/scenario.ts';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

export default scenario(async (t) => {
	const file = join(t.share('export'), 'program');
	await writeFile(file, 'before');
	await chmod(file, 0o4755);
	await t.guest.sh('mkdir mnt && mount -t virtiofs export mnt');
	t.evidence('mode_before', await t.guest.sh('stat -c %a mnt/program').then((text) => text.trim()));
	// Opened by root, written by somebody without CAP_FSETID.
	await t.guest.sh(`exec 3<>mnt/program; start-stop-daemon -S -c 65534:65534 -x /bin/sh -- -c 'echo written >&3'`);
	await t.guest.sh('umount mnt');
	t.ok((await modeOf(file)) === '755', 'the set-user-ID bit is gone on the host', `mode ${await modeOf(file)}`);
	const content = await readFile(file, 'utf8');
	t.evidence('bytes_written', content.startsWith('written\n') ? content.length : 0);
});
