import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readSettings } from '../config/settings.ts';
import { exists } from '../util/files.ts';
import type { BenchContext, Benchmark } from './benchmark.ts';
import { measured } from './measurement.ts';
import { runBenchmarks } from './run-benchmarks.ts';

const fast: Benchmark = { name: 'fast', summary: 'is fast', measure: async () => ({ 'fast-time': measured('s', [1, 2, 3], '< 3') }) };
const slow: Benchmark = { name: 'slow', summary: 'is slow', measure: async () => ({ 'slow-time': measured('s', [4], '< 3') }) };
const alone: Benchmark = { ...fast, name: 'alone', isWithoutKernel: true };

async function bench(t: ExecutionContext, benchmarks: readonly Benchmark[]) {
	const folder = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const settings = await readSettings({ kernel: ['debian:6.12', 'debian:6.1'] });
	const told: string[] = [];
	const result = await runBenchmarks(benchmarks, {
		context: {
			settings,
			accel: { accel: 'tcg', reason: '', timeoutScale: 4 },
			samples: 3,
			peers: [],
			signal: new AbortController().signal,
			say: (text) => told.push(text),
			onEvent() {},
		},
		folder: join(folder, 'bench'),
		onMeasured: (some) => told.push(...Object.keys(some)),
	});
	return { ...result, told, folder: join(folder, 'bench') };
}

test('each kernel is measured, and latest.json has the shape that is documented, beside a chart', async (t) => {
	const { exitCode, folder, files, told } = await bench(t, [alone, fast]);
	t.is(exitCode, 0);
	const one = { value: 2, unit: 's', target: '< 3', ok: true, samples: [1, 2, 3] };
	t.deepEqual(JSON.parse(await readFile(join(folder, 'latest.json'), 'utf8')), {
		'fast-time': one,
		'fast-time debian:6.12': one,
		'fast-time debian:6.1': one,
	});
	t.deepEqual((await readdir(folder)).sort(), ['latest.json', 'latest.svg']);
	t.deepEqual(files, [join(folder, 'latest.json'), join(folder, 'latest.svg')]);
	const svg = await readFile(join(folder, 'latest.svg'), 'utf8');
	t.regex(svg, /^<svg .*fast-time debian:6\.12.*<\/svg>$/s);
	t.deepEqual(told.slice(0, 2), ['alone: is fast', 'fast-time']);
});

test('a missed target exits with 1', async (t) => {
	t.is((await bench(t, [fast, slow])).exitCode, 1);
});

test('a benchmark has a folder of its own, which is gone afterwards, also when it throws', async (t) => {
	let seen = '';
	const broken: Benchmark = {
		...fast,
		async measure({ dir }: BenchContext) {
			seen = dir;
			t.true(await exists(dir));
			throw new Error('no guest');
		},
	};
	await t.throwsAsync(bench(t, [broken]), { message: 'no guest' });
	t.false(await exists(seen));
});
