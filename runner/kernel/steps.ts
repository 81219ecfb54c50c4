/** The steps of a make as they come: kept, counted against those of a whole build, and told how long what comes after the compilers took. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';
import { exists, writeWhole } from '../util/files.ts';
import type { Step } from './make-output.ts';

export interface BuildProgress {
	readonly detail: string;
	/** Objects compiled so far, of about `total`; absent where that is not known. */
	readonly done?: number;
	readonly total?: number;
}

export interface StepCounter {
	readonly onStep: (step: Step) => void;
	readonly steps: readonly Step[];
	/** There was no vmlinux before. */
	readonly isWhole: boolean;
	/** When the first linker or modpost after the last compiler began; undefined when there was none. On performance.now()'s clock. */
	readonly linkBegan: () => number | undefined;
	/** Remembers how many objects a whole build compiled, when this was one. */
	readonly save: () => Promise<void>;
}

// Objects of a Debian 6.12 with base, netfs and kasan: shown as the total until a first build has counted its own.
const roughTotal = 1880;

/** Counts compiled objects against those of a whole build, which is remembered in `file` for the next one. */
export async function countSteps(output: string, file: string, onProgress?: (progress: BuildProgress) => void): Promise<StepCounter> {
	const isWhole = !(await exists(join(output, 'vmlinux')));
	const known = Number(await readFile(file, 'utf8').catch(() => '')) || roughTotal;
	let done = isWhole ? await objectsIn(output) : 0;
	const isFresh = isWhole && done < 50;
	const steps: Step[] = [];
	let linkBegan: number | undefined;
	return {
		steps,
		isWhole,
		linkBegan: () => linkBegan,
		onStep(step) {
			const { verb, target } = step;
			steps.push(step);
			if (/^(?:CC|AS|RUSTC)/.test(verb)) {
				done++;
				// Generated C, compiled between links, is part of the linking: "CC [M]  fs/x.mod.o", "CC      .vmlinux.export.o".
				if (!/(?:^|\/)\.|\.mod\.o$/.test(target)) linkBegan = undefined;
			} else if (/^(?:AR|LD|MODPOST|KSYMS)/.test(verb)) linkBegan ??= performance.now();
			onProgress?.({ detail: `${verb} ${target}`, done, ...(isWhole && { total: Math.max(known, done) }) });
		},
		async save() {
			if (isFresh) await writeWhole(file, `${done}\n`);
		},
	};
}

async function objectsIn(output: string): Promise<number> {
	const found = await exec('find', [output, '-name', '*.o', '-printf', '.'], { allowFailure: true });
	return found.stdout.length;
}
