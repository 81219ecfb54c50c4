/** Which accelerator to use: KVM is proved with a guest before it is trusted, since /dev/kvm may open and never run one. */

import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DeadlineError, withDeadline } from '../util/deadline.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { writeWhole } from '../util/files.ts';
import { startQemu } from './launch.ts';
import type { Accel } from './machine-spec.ts';
import { makePrivateDir } from './private-dir.ts';
import { probeDevice, probeExitCode, probeGuest } from './probe-guest.ts';
import { accelArgs, qemu } from './qemu-args.ts';

export interface AccelChoice {
	readonly accel: Accel;
	/** Why, for people: `/dev/kvm opens, but ...`. */
	readonly reason: string;
	/** What timeouts written for KVM are multiplied with. */
	readonly timeoutScale: number;
}

interface Usable {
	readonly isUsable: boolean;
	readonly reason: string;
}

/** The guest ends within 0.3 s where KVM works, on a loaded host too. */
const probeMs = 5_000;

const remembered = z.object({ bootId: z.string(), qemu: z.string(), isUsable: z.boolean(), reason: z.string() });

/**
 * `auto` takes KVM where it works and TCG elsewhere. `kvm` where KVM does not work is a UserError that says why. The
 * answer is kept in `<stateDir>/accel.json` until the host boots again or its QEMU changes.
 */
export async function chooseAccel(
	wanted: 'auto' | Accel,
	options: { readonly stateDir: string; readonly signal?: AbortSignal | undefined },
): Promise<AccelChoice> {
	if (wanted === 'tcg') return { accel: 'tcg', reason: 'asked for', timeoutScale: 4 };
	const { isUsable, reason } = await isKvmUsable(options);
	if (isUsable) return { accel: 'kvm', reason, timeoutScale: 1 };
	if (wanted === 'kvm') throw new UserError(`KVM cannot be used here: ${reason}`, { hint: 'use --accel tcg (slower, works everywhere)' });
	return { accel: 'tcg', reason, timeoutScale: 4 };
}

async function isKvmUsable(options: { readonly stateDir: string; readonly signal?: AbortSignal | undefined }): Promise<Usable> {
	const refused = await access('/dev/kvm', constants.R_OK | constants.W_OK).then(
		() => undefined,
		(error: NodeJS.ErrnoException) => error.code,
	);
	if (refused === 'ENOENT') return { isUsable: false, reason: 'there is no /dev/kvm' };
	if (refused !== undefined) return { isUsable: false, reason: `/dev/kvm may not be opened (${refused}); is this user in the group kvm?` };
	const [bootId, version] = await Promise.all([
		readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
		exec(qemu, ['--version'], { signal: options.signal }),
	]);
	const key = { bootId: bootId.trim(), qemu: version.stdout.split('\n')[0] ?? '' };
	const file = join(options.stateDir, 'accel.json');
	const known = await recall(file);
	if (known && known.bootId === key.bootId && known.qemu === key.qemu) return known;
	const answer = await probe('kvm', { ...(options.signal && { signal: options.signal }) });
	await writeWhole(file, `${JSON.stringify({ ...key, ...answer }, undefined, '\t')}\n`);
	return answer;
}

/** What was found earlier; a file that is absent or not ours is as good as none. */
async function recall(file: string): Promise<z.output<typeof remembered> | undefined> {
	const text = await readFile(file, 'utf8').catch(() => '');
	try {
		return remembered.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

/** Runs the probe guest under `accel`; takes at most `ms` (and what ending QEMU takes). */
export async function probe(accel: Accel, options: { readonly ms?: number; readonly signal?: AbortSignal } = {}): Promise<Usable> {
	const { ms = probeMs, signal } = options;
	await using dir = await makePrivateDir();
	const kernel = join(dir.path, 'probe');
	await writeFile(kernel, probeGuest());
	const child = startQemu([
		...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-machine', 'q35', ...accelArgs(accel)],
		...['-m', '32M', '-device', probeDevice, '-kernel', kernel],
	]);
	let stderr = '';
	child.stderr.on('data', (chunk: Buffer) => {
		stderr = `${stderr}${chunk}`.slice(-2_000);
	});
	try {
		const { exitCode } = await withDeadline(Promise.resolve(child), ms, 'the probe guest', signal);
		if (exitCode === probeExitCode) return { isUsable: true, reason: 'a guest ran under it' };
		const lastWords = stderr.trim().split('\n').at(-1);
		if (lastWords) return { isUsable: false, reason: `QEMU could not start a guest: ${lastWords}` };
		return { isUsable: false, reason: `a guest that should exit with ${probeExitCode} ended otherwise (QEMU: ${exitCode})` };
	} catch (error) {
		if (!(error instanceof DeadlineError)) throw error;
		const seconds = ms / 1_000;
		return { isUsable: false, reason: `/dev/${accel} opens, but a guest that should exit at once did not run within ${seconds} s` };
	} finally {
		child.kill('SIGKILL');
		await child;
	}
}
