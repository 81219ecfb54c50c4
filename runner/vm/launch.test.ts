import { readFile } from 'node:fs/promises';
import test from 'ava';
import { startQemu } from './launch.ts';

test("QEMU has no part in the terminal's Ctrl-C", async (t) => {
	const qemu = startQemu(['-machine', 'none', '-nodefaults', '-display', 'none', '-S']);
	t.teardown(() => void qemu.kill('SIGKILL'));
	// "4711 (qemu-system-x86) S 4700 4711 4711 ...": its parent, its group, its session
	const [, group] = /\) \w \d+ (\d+) /.exec(await readFile(`/proc/${qemu.pid}/stat`, 'utf8')) ?? [];
	t.is(group, `${qemu.pid}`);
});
