/** The splat scanner on console text: speed on one core, and whether its memory grows with what it has read. */

import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { exec } from '../util/exec.ts';
import type { Benchmark } from './benchmark.ts';
import { measured } from './measurement.ts';
import type { ParserSaid } from './parser-child.ts';

/** Enough for a heap that grows with the text to show. */
const megabytes = 1000;

export const parser: Benchmark = {
	name: 'parser',
	summary: 'the splat scanner on 1 GB of console text',
	isWithoutKernel: true,
	async measure({ samples, signal }) {
		const said: ParserSaid[] = [];
		for (let n = 0; n < samples; n++) {
			const child = join(checkout.top, 'dist/runner/bench/parser-child.js');
			const { stdout } = await exec(process.execPath, [child, `${megabytes}`], { signal });
			said.push(JSON.parse(stdout) as ParserSaid);
		}
		return {
			'parser-speed': measured(
				'MB/s',
				said.map(({ bytes, cpuMs }) => bytes / 1000 / cpuMs),
				'>= 100',
			),
			'parser-memory-growth': measured(
				'MiB',
				said.map(({ growthMiB }) => growthMiB),
				'< 32',
			),
		};
	},
};
