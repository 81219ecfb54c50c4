/** `crucible bench` (= `npm run bench`): is it as fast as it says? */

import { join } from 'node:path';
import type { Command } from 'commander';
import { benchmarks } from '../bench/benchmarks.ts';
import { parsePeer } from '../bench/peers.ts';
import { runBenchmarks } from '../bench/run-benchmarks.ts';
import { headline, tableLines } from '../bench/table.ts';
import { checkout } from '../config/paths.ts';
import { folders, outputStyle } from '../config/settings.ts';
import { createPaint } from '../report/paint.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { prepareHost } from '../session/host.ts';
import { UserError } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import { chooseAccel } from '../vm/accel.ts';
import type { CommandContext } from './context.ts';
import { addSettings, collect, settingsOf, wholeNumber } from './flags.ts';
import { userPath } from './user-path.ts';

interface BenchFlags {
	readonly samples: number;
	readonly peer?: readonly string[];
	readonly json?: boolean;
}

export function addBench(program: Command, context: CommandContext): void {
	const command = program
		.command('bench')
		.description('measures how fast the loop from a change to a verdict is, against targets; wants an idle host')
		.argument('[names...]', `benchmarks; all without: ${benchmarks.map(({ name }) => name).join(' ')}`)
		.option('--samples <n>', 'how often each thing is measured', wholeNumber(1), 5)
		.option('--peer <name=dir>', 'measure boots with another runner, too: virtme-ng=DIR, rapido=DIR; repeatable', collect)
		.option('--json', 'the measurements as one JSON document on stdout');
	addSettings(command, ['kernel', 'config', 'accel']).action(async (names: string[], flags: BenchFlags) => {
		const settings = await settingsOf({ ...flags });
		const chosen = choose(names);
		const peers = (flags.peer ?? []).map(parsePeer).map(({ name, dir }) => ({ name, dir: userPath(dir) }));
		const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
		const paint = createPaint(color);
		const out = flags.json ? process.stderr : process.stdout;
		const reporter = createTerminalReporter({
			stdout: out,
			stderr: process.stderr,
			isTty: live,
			color,
			width: process.stderr.columns ?? 100,
		});
		const say = (text: string) => {
			reporter.stop();
			process.stderr.write(`${text}\n`);
		};
		const signal = context.interrupts.drain;
		await prepareHost(settings.kernel, { signal, onProgress: say });
		const accel = await chooseAccel(settings.accel, { stateDir: folders.state, signal });
		const { measurements, files, exitCode } = await runBenchmarks(chosen, {
			context: { settings, accel, samples: flags.samples, peers, signal, say, onEvent: reporter.onEvent },
			folder: join(checkout.results, 'bench'),
			onMeasured(some) {
				reporter.stop();
				out.write(`${tableLines(some, paint).join('\n')}\n`);
			},
		});
		if (flags.json) process.stdout.write(`${JSON.stringify(measurements, undefined, '\t')}\n`);
		out.write(`\n${paint('bold', headline(measurements))}\n${files.join('\n')}\n`);
		context.finish(exitCode);
	});
}

function choose(names: readonly string[]) {
	const known = benchmarks.map(({ name }) => name);
	for (const name of names)
		if (!known.includes(name))
			throw new UserError(`there is no benchmark "${name}"`, { hint: didYouMean(name, known) ?? `benchmarks: ${known.join(' ')}` });
	return benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
}
