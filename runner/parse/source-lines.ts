/** The source beside a splat: the lines around the calls it names, from the tree that was built, while it is what was built. */

import { readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Frame, Splat } from '../model/run.ts';

// Enough to see what a line is in; frames further down tell how one got there, and their places say that.
const around = { before: 4, after: 2 } as const;
const mostFrames = 4;

// What prints and checks, on top of every stack: "mm/kasan/report.c", "lib/dump_stack.c", "arch/x86/include/asm/atomic.h"
const machinery = /^(mm\/kasan|mm\/kfence|kernel\/kcsan|lib\/|kernel\/panic\.c|arch\/|include\/|\.\/|kernel\/workqueue|kernel\/kthread)/;

/** The splats with `source` in the first frames of each stack that are about the bug; a file that cannot be read leaves them as they are. */
export async function withSourceLines(splats: readonly Splat[], tree: string): Promise<Splat[]> {
	const files = new Map<string, Promise<string[] | undefined>>();
	const linesOf = (file: string) => {
		const path = resolve(tree, file);
		if (!path.startsWith(tree + sep)) return undefined;
		const lines =
			files.get(file) ??
			readFile(path, 'utf8').then(
				(text) => text.split('\n'),
				() => undefined,
			);
		files.set(file, lines);
		return lines;
	};
	const withLines = async (frame: Frame): Promise<Frame> => {
		const { file, line } = frame;
		const lines = file === undefined || line === undefined ? undefined : await linesOf(file);
		if (!lines || line === undefined || line > lines.length) return frame;
		const first = Math.max(1, line - around.before);
		return { ...frame, source: { first, lines: lines.slice(first - 1, line + around.after) } };
	};
	const isTelling = ({ file, unreliable }: Frame) => file !== undefined && !unreliable && !machinery.test(file);
	return Promise.all(
		splats.map(async (splat) => ({
			...splat,
			stacks: await Promise.all(
				splat.stacks.map(async (stack) => {
					const chosen = new Set(stack.frames.filter(isTelling).slice(0, mostFrames));
					return { ...stack, frames: await Promise.all(stack.frames.map((frame) => (chosen.has(frame) ? withLines(frame) : frame))) };
				}),
			),
		})),
	);
}
