/** A virtiofsd for each virtiofs share of a machine: it serves one connection, that of the machine's QEMU, and ends with it. */

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { poll } from '../util/deadline.ts';
import { InfraError, UserError } from '../util/errors.ts';
import { start } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import type { Scope } from '../util/scope.ts';
import { lineSplitter } from './lines.ts';

/** Where distributions put it: QEMU's own (up to 7.2, Debian 12), and the one in Rust that followed. */
const programs = [
	{ path: '/usr/lib/qemu/virtiofsd', args: (socket: string, folder: string) => [`--socket-path=${socket}`, '-o', `source=${folder}`] },
	{ path: '/usr/libexec/virtiofsd', args: (socket: string, folder: string) => ['--socket-path', socket, '--shared-dir', folder] },
];

const startMs = 10_000;

/** Starts one that serves `folder` on the socket `socket`, and waits until it listens; it goes with `scope`. */
export async function serveVirtiofs(folder: string, socket: string, scope: Scope, signal?: AbortSignal): Promise<void> {
	const present = await Promise.all(programs.map(({ path }) => exists(path)));
	const program = programs.find((_, index) => present[index]);
	if (!program)
		throw new UserError(`this host has no virtiofsd (${programs.map(({ path }) => path).join(', ')})`, {
			hint: 'apt-get install qemu-system-common (Debian 12) or virtiofsd',
		});
	const daemon = start(program.path, program.args(socket, folder), { detached: true });
	scope.defer(async () => {
		daemon.kill('SIGKILL');
		await daemon;
	});
	const words: string[] = [];
	const listen = lineSplitter((line) => words.push(line));
	daemon.stderr.on('data', listen);
	daemon.stdout.on('data', listen);
	let hasEnded = false;
	void daemon.then(() => {
		hasEnded = true;
	});
	// The file is there before the socket listens, and QEMU connects only once.
	const isReady = async () => hasEnded || isListening(await readFile('/proc/net/unix', 'utf8'), socket);
	await poll(isReady, { ms: startMs, what: `virtiofsd to listen on ${basename(socket)}`, everyMs: 5, ...(signal && { signal }) });
	if (hasEnded) throw new InfraError(['virtiofsd ended as it started', ...words.slice(-8)].join('\n'));
}

/** Whether /proc/net/unix shows a socket at `path` that accepts connections. */
export function isListening(procNetUnix: string, path: string): boolean {
	// "0000000000000000: 00000002 00000000 00010000 0001 01 24535 /run/x.sock": flags 00010000 is __SO_ACCEPTCON.
	return procNetUnix.split('\n').some((line) => line.endsWith(` ${path}`) && line.split(' ')[3] === '00010000');
}
