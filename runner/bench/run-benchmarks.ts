/** Runs benchmarks one after the other, each on every kernel it is about, and writes what they measure. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../model/run.ts';
import { writeWhole } from '../util/files.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { chartOf } from './chart.ts';
import { type Measurement, type Measurements, missed } from './measurement.ts';

export interface BenchOptions {
	readonly context: Omit<BenchContext, 'dir'>;
	/** Where latest.json and latest.svg go. */
	readonly folder: string;
	/** Told of measurements as they come, by their full names. */
	readonly onMeasured: (measurements: Measurements) => void;
}

export interface BenchResult {
	readonly measurements: Measurements;
	readonly files: readonly string[];
	/** 1 when a target was missed. */
	readonly exitCode: number;
}

/** What is thrown by one ends it: with a part of the measurements, none are written. */
export async function runBenchmarks(benchmarks: readonly Benchmark[], { context, folder, onMeasured }: BenchOptions): Promise<BenchResult> {
	const all: Record<string, Measurement> = {};
	for (const benchmark of benchmarks)
		for (const kernel of benchmark.isWithoutKernel ? [undefined] : context.settings.kernel) {
			context.say(`${benchmark.name}${kernel === undefined ? '' : ` on ${kernel}`}: ${benchmark.summary}`);
			const measurements = await measureOne(benchmark, kernel, context);
			Object.assign(all, measurements);
			onMeasured(measurements);
		}
	const [json, chart] = [join(folder, 'latest.json'), join(folder, 'latest.svg')];
	await writeWhole(json, `${JSON.stringify(all, undefined, '\t')}\n`);
	await writeWhole(chart, await chartOf(all));
	return { measurements: all, files: [json, chart], exitCode: missed(all).length === 0 ? exitCodes.pass : exitCodes.fail };
}

async function measureOne(benchmark: Benchmark, kernel: string | undefined, context: BenchOptions['context']): Promise<Measurements> {
	context.signal.throwIfAborted();
	const settings: Settings = kernel === undefined ? context.settings : { ...context.settings, kernel: [kernel] };
	const dir = await mkdtemp(join(tmpdir(), 'crucible-bench-'));
	try {
		const measurements = await benchmark.measure({ ...context, settings, dir });
		if (kernel === undefined) return measurements;
		return Object.fromEntries(Object.entries(measurements).map(([name, one]) => [`${name} ${kernel}`, one]));
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}
