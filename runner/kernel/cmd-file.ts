/** kbuild's .cmd files: with which command each object was made, and from which files. make goes by them, and so do we. */

import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { exec } from '../util/exec.ts';

/** What one .cmd file says. */
export interface Made {
	/** Below the build folder: `fs/open.o`. */
	readonly target: string;
	/** Compiled for a module; anything else may end up in vmlinux. */
	readonly isForModule: boolean;
	/** Source and headers, as absolute paths or below the build folder. */
	readonly inputs: ReadonlySet<string>;
	/** `CONFIG_` symbols, without that, that one of the inputs mentions. */
	readonly symbols: ReadonlySet<string>;
}

/** With the .cmd file that says it, below the build folder. */
export interface MadeBy extends Made {
	readonly cmdFile: string;
}

/** Reads a .cmd file's text; undefined when it is none of kbuild's. */
export function parseCmd(text: string): Made | undefined {
	// "savedcmd_fs/open.o := gcc -Wp,-MMD,fs/.open.o.d ... -DMODULE ... -c -o fs/open.o /src/fs/open.c ; ..."; "cmd_..." up to 6.2
	const [, target, command] = /^(?:saved)?cmd_(\S+) := (.*)$/m.exec(text) ?? [];
	if (target === undefined || command === undefined) return undefined;
	// "source_fs/open.o := /src/fs/open.c"
	const source = /^source_\S+ := (\S+)/m.exec(text)?.[1];
	// "  /src/include/linux/kconfig.h \"
	const headers = [...text.matchAll(/^ {2}([^\s$]\S*)/gm)].map(([, path]) => path ?? '');
	// "    $(wildcard include/config/COMPAT) \"
	const symbols = [...text.matchAll(/\$\(wildcard include\/config\/(\w+)\)/g)].map(([, symbol]) => symbol ?? '');
	return {
		target,
		isForModule: / -DMODULE(?: |$)/.test(command),
		inputs: new Set([...(source === undefined ? [] : [source]), ...headers]),
		symbols: new Set(symbols),
	};
}

/** What is known of how `target`, a path below the build folder, was made. */
export async function readCmd(output: string, target: string): Promise<Made | undefined> {
	const text = await readFile(join(output, dirname(target), `.${basename(target)}.cmd`), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : parseCmd(text);
}

/**
 * Of each of `paths`, files below `tree`, what in the build folder was made from it. A .cmd file that names one in some way that we do not
 * understand counts as something that is not for a module.
 */
export async function madeFrom(
	paths: readonly string[],
	{ tree, output }: { readonly tree: string; readonly output: string },
	signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly MadeBy[]>> {
	const real = await realpath(tree);
	const made = new Map<string, MadeBy[]>(paths.map((path) => [path, []]));
	// gcc writes a path as it was included: "/src/fs/smb/client/../common/smb2pdu.h".
	const names = paths.flatMap((path) => ['-e', `/${basename(path)}`]);
	const found = await exec(
		'grep',
		['--recursive', '--files-with-matches', '--fixed-strings', '--null', '--include=.*.cmd', ...names, '.'],
		{
			cwd: output,
			// 1 is: none.
			allowFailure: true,
			env: { LC_ALL: 'C' },
			signal,
		},
	);
	if (found.exitCode !== 0 && found.exitCode !== 1) throw new Error(`grep exited with ${found.exitCode}: ${found.stderr}`);
	for (const file of found.stdout.split('\0').filter(Boolean)) {
		const text = await readFile(join(output, file), 'utf8');
		const parsed = parseCmd(text) ?? { target: file, isForModule: false, inputs: new Set(), symbols: new Set() };
		const named = new Set([...text.matchAll(/\/[\w./+,@-]*/g)].map(([name]) => posix.normalize(name)));
		for (const path of paths) if (named.has(join(real, path))) made.get(path)?.push({ ...parsed, cmdFile: file });
	}
	return made;
}
