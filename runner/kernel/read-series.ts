/** A series from whatever the user has of it: a diff, a mail or a mailbox, a folder of patches, a quilt series, standard input. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { readStdin } from '../util/stdin.ts';
import { seriesOf } from './mail-thread.ts';
import { isMail, readMails } from './mailbox.ts';
import { type Patch, parsePatch } from './patch.ts';

/** What names standard input. */
const stdin = '-';

/** Reads `--patch` arguments in the order they are to be applied. What cannot be read, or is no patch, is a UserError. */
export async function readSeries(names: readonly string[], signal?: AbortSignal): Promise<Patch[]> {
	if (names.filter((name) => name === stdin).length > 1)
		throw new UserError('standard input can be read once', { hint: 'give --patch - once; it may hold a whole mailbox' });
	const patches: Patch[] = [];
	for (const name of names) patches.push(...(await readNamed(name, signal)));
	return patches;
}

async function readNamed(name: string, signal?: AbortSignal): Promise<Patch[]> {
	if (name === stdin) return readBytes('standard input', await readStdin(), signal);
	const info = await stat(name).catch((error: NodeJS.ErrnoException) => {
		throw unreadable(name, error);
	});
	if (info.isDirectory()) return readFolder(name, signal);
	if (basename(name) === 'series') return readQuilt(name, signal);
	return readFileAt(name, signal);
}

async function readFileAt(file: string, signal?: AbortSignal): Promise<Patch[]> {
	const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
		throw unreadable(file, error);
	});
	return readBytes(file, bytes, signal);
}

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
	return new UserError(`cannot read the patch: ${error.code ?? error.message}`, { at: { file }, hint: 'check the path given to --patch' });
}

async function readBytes(file: string, packed: Buffer, signal?: AbortSignal): Promise<Patch[]> {
	// lore.kernel.org hands out threads as t.mbox.gz.
	const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? unpack(file, packed) : packed;
	const text = bytes.toString('utf8');
	if (!isMail(text)) return [parsePatch(file, text)];
	const mails = seriesOf(file, await readMails(bytes, signal));
	if (mails.length === 0)
		throw new UserError('a mail without a diff in it', { at: { file }, hint: 'take the mail with the patch: b4 am, or "mbox.gz" of lore' });
	return mails.map(({ commit, text: diff }, at) =>
		mails.length === 1
			? parsePatch(file, diff, { commit })
			: parsePatch(`${file}, patch ${at + 1}`, diff, { name: `"${commit.title}"`, commit }),
	);
}

function unpack(file: string, packed: Buffer): Buffer {
	try {
		return gunzipSync(packed);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		const isCut = code === 'Z_BUF_ERROR';
		throw new UserError(isCut ? 'the archive is cut off' : `the archive is damaged: ${message}`, {
			at: { file },
			hint: 'get it again: gzip --test says whether it is whole',
			cause: error,
		});
	}
}

/** A quilt folder, a folder with one in patches/, or what git format-patch wrote. */
async function readFolder(dir: string, signal?: AbortSignal): Promise<Patch[]> {
	for (const series of [join(dir, 'series'), join(dir, 'patches/series')]) if (await exists(series)) return readQuilt(series, signal);
	const names = (await readdir(dir)).filter((name) => /\.(?:patch|diff|eml|mbox)$/.test(name) && !/cover-letter/.test(name)).sort();
	if (names.length === 0)
		throw new UserError(`${dir} has neither a quilt series nor *.patch files`, { hint: 'git format-patch -o DIR base..head' });
	return (await Promise.all(names.map((name) => readFileAt(join(dir, name), signal)))).flat();
}

async function readQuilt(series: string, signal?: AbortSignal): Promise<Patch[]> {
	const lines = (await readFile(series, 'utf8')).split('\n');
	const patches: Patch[] = [];
	for (const [at, line] of lines.entries()) {
		// "fix-volume.patch -p1 # from upstream"
		const [name, ...options] = line
			.replace(/(?:^|\s)#.*/, '')
			.split(/\s+/)
			.filter(Boolean);
		if (name === undefined) continue;
		for (const option of options)
			if (option !== '-p1' && option !== '-pab')
				throw new UserError(`${name} has the option ${option}, and only -p1 is understood`, {
					at: { file: series, line: at + 1 },
					hint: 'quilt refresh -p1',
				});
		patches.push(...(await readFileAt(join(dirname(series), name), signal)));
	}
	if (patches.length === 0) throw new UserError('a series of no patch', { at: { file: series } });
	return patches;
}
