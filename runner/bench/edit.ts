/** From a line changed in fs/cachefiles to the verdict of one case, and where that time goes. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMake } from '../kernel/make.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { type TimedRun, timedRun } from './crucible-run.ts';
import { prepareBoot } from './kernel.ts';
import { type Measurement, measured } from './measurement.ts';
import { secondsOf } from './statistics.ts';

const source = 'fs/cachefiles/ondemand.c';
const theCase = 'erofs-ondemand/cold-warm';

export const edit: Benchmark = {
	name: 'edit',
	summary: 'a one-line change in fs/cachefiles to the verdict of one case',
	async measure(context) {
		const { samples, dir } = context;
		const runs: TimedRun[] = [];
		// The first brings the build folder to this kernel, whatever it was at, and makes the template.
		for (let n = 0; n <= samples; n++) {
			const patch = join(dir, `edit-${n}.patch`);
			await writeFile(patch, oneLine(`${process.pid}${Date.now()}${n}`));
			const taken = await timedRun([theCase, '--patch', patch], context);
			if (n > 0) runs.push(taken);
		}
		const parts = runs.map(partsOf);
		const names = Object.keys(parts[0] ?? {});
		const broken = names.map((name): [string, Measurement] => [
			`edit-${name}`,
			measured(
				's',
				parts.map((one) => one[name] ?? Number.NaN),
			),
		]);
		return {
			'edit-to-verdict': measured(
				's',
				runs.map(({ seconds }) => seconds),
				'< 10',
			),
			...Object.fromEntries(broken),
			'make-no-op': measured('s', await makeNothing(context)),
		};
	},
};

/** A patch that nobody has built before: a line of data that is in the object whatever the compiler thinks of it. */
export function oneLine(number: string): string {
	const line = `static const unsigned long crucible_bench __attribute__((used)) = ${number}UL;`;
	// All files of fs/cachefiles begin so, in 6.1 and in 6.12.
	const first = '// SPDX-License-Identifier: GPL-2.0-or-later';
	return `--- a/${source}\n+++ b/${source}\n@@ -1 +1,2 @@\n+${line}\n ${first}\n`;
}

/** Seconds by step; together they are the whole. */
export function partsOf({ run, seconds, startUpSeconds, reportSeconds }: TimedRun): Record<string, number> {
	const build = run.phases.find(({ parts }) => parts !== undefined)?.parts ?? {};
	const times = run.jobs[0]?.cases[0]?.attempts[0]?.times;
	const known = {
		'start-up': startUpSeconds,
		make: ((build.prepare ?? 0) + (build.configure ?? 0) + (build.make ?? 0)) / 1000,
		link: ((build.link ?? 0) + (build.store ?? 0)) / 1000,
		restore: (times?.guestMs ?? 0) / 1000,
		insmod: (times?.modulesMs ?? 0) / 1000,
		case: (times?.caseMs ?? 0) / 1000,
		rest: (times?.restMs ?? 0) / 1000,
		report: reportSeconds,
	};
	const sum = Object.values(known).reduce((total, part) => total + part, 0);
	return { ...known, other: seconds - sum };
}

/** What make itself takes to find that there is nothing to do, as often as asked. */
async function makeNothing(context: BenchContext): Promise<number[]> {
	const { signal, samples } = context;
	const { kernel } = await prepareBoot(context);
	await using _kernel = kernel;
	await using _folder = await kernel.holdFolder({ signal });
	const make = () => runMake({ ...kernel.make, signal }, ['vmlinux', 'modules']);
	await make();
	const taken: number[] = [];
	for (let n = 0; n < samples; n++) taken.push(await secondsOf(make));
	return taken;
}
