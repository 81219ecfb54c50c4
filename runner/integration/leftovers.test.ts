/** However a run ends, no QEMU and no temporary file outlives it: what stays is its results, and templates for the next one. */

import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { findRun } from '../session/store.ts';
import { poll } from '../util/deadline.ts';
import { ramDir, templatesDir } from '../vm/template-place.ts';
import { isCaseStart, processesWith, runUntil } from './interrupted-run.ts';

/** With a disk and a share, so that there is something to leave. */
const cases = ['ninep-fscache/remount', 'erofs-ondemand/cold-warm', '--jobs', '2', '--reruns', '0'];

interface Ending {
	readonly what: string;
	readonly args: readonly string[];
	/** undefined: a signal ended it. */
	readonly exitCode: number | undefined;
	/** With the first case's start. */
	readonly stop?: (pid: number) => void;
	/** Once more when it says that this is possible. */
	readonly again?: true;
}

const endings: readonly Ending[] = [
	{ what: 'success', args: cases, exitCode: 0 },
	{ what: 'a failure', args: ['planted/fail', 'planted/panic', '--jobs', '2', '--reruns', '0'], exitCode: 1 },
	{ what: 'a Ctrl-C', args: cases, exitCode: 130, stop: (pid: number) => process.kill(pid, 'SIGINT') },
	{ what: 'two of them', args: cases, exitCode: 130, stop: (pid: number) => process.kill(pid, 'SIGINT'), again: true },
	{ what: 'SIGTERM', args: cases, exitCode: 143, stop: (pid: number) => process.kill(pid, 'SIGTERM') },
	{ what: 'SIGKILL', args: cases, exitCode: undefined, stop: (pid: number) => process.kill(pid, 'SIGKILL') },
];

for (const { what, args, exitCode, stop = () => {}, again } of endings)
	test.serial(`after ${what} nothing is left but results and whole templates`, async (t) => {
		const ran = await runUntil(args, isCaseStart, stop, again && stop);
		t.is(ran.exitCode, exitCode, ran.stderr);
		const { id } = await findRun(checkout.results, 'latest');
		// After a kill others do it: the kernel ends QEMU, the janitor removes files.
		await poll(async () => (await leftOf(ran.pid, id)).length === 0, { ms: 20_000, what: 'everything to be gone' }).catch(() => {});
		t.deepEqual(await leftOf(ran.pid, id), []);
	});

/** Of a run: its processes and its temporary files, wherever it makes some. */
async function leftOf(pid: number, id: string): Promise<string[]> {
	const { cache } = folders;
	const names = (dir: string): Promise<string[]> => readdir(dir).catch(() => []);
	const templates = await names(templatesDir(cache));
	const files = await readdir(join(checkout.results, id), { recursive: true });
	return [
		...(await processesWith(id)),
		...(await names(tmpdir())).filter((name) => name.startsWith(`crucible-${pid}-`)),
		...(await names(ramDir(cache))).filter((name) => !templates.includes(name.slice(0, 16))),
		...templates.filter((name) => name.startsWith('.aside-')),
		...files.filter((file) => file.endsWith('.qcow2') || /\/shares\//.test(file)),
	];
}
