/** `crucible build`: builds kernels and images and says where they are. */

import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import type { BuiltKernel } from '../kernel/build.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { createEmitter } from '../session/emitter.ts';
import { prepareHost } from '../session/host.ts';
import { prepareImages, prepareKernel, prepareSource } from '../session/workshop.ts';
import { loadSuites } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf } from './flags.ts';
import { addSeries, type SeriesFlags, seriesOf } from './series.ts';

export function addBuild(program: Command, context: CommandContext): void {
	const command = addSeries(program.command('build'))
		.description('builds kernels and the guest image without running anything')
		.option('--json', 'one JSON document');
	addSettings(command, ['kernel', 'config', 'jobs']).action(async (flags: SeriesFlags & { json?: boolean }) => {
		const { kernels } = await buildKernels({ ...flags }, context);
		if (flags.json) process.stdout.write(`${JSON.stringify(kernels, undefined, '\t')}\n`);
		else
			for (const kernel of kernels)
				process.stdout.write(
					`${kernel.identity.spec} ${kernel.configName}: ${kernel.identity.release}, ${kernel.modules.length} modules\n  ${kernel.dir}\n`,
				);
	});
}

/** Everything up to a bootable machine, for the commands that run no suites; progress goes to stderr. */
export async function buildKernels(flags: Readonly<Record<string, unknown>> & SeriesFlags, context: CommandContext) {
	const chosen = await settingsOf(flags);
	const { kernels: specs, patches } = await seriesOf(flags, chosen.kernel, context.interrupts.drain);
	const settings = { ...chosen, kernel: [...specs] };
	const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
	const reporter = createTerminalReporter({
		stdout: process.stderr,
		stderr: process.stderr,
		isTty: live,
		color,
		width: process.stderr.columns ?? 100,
	});
	const emitter = createEmitter([reporter.onEvent]);
	const signal = context.interrupts.drain;
	const options = { settings, emitter, signal };
	try {
		await emitter.phase('host', (progress) => prepareHost(settings.kernel, { signal, onProgress: progress }));
		const images = prepareImages(['base'], options);
		// Told when it is waited for.
		images.catch(() => {});
		const suites = selectCases(await loadSuites(checkout.suites), [], ['smoke']);
		const sources = [];
		for (const spec of settings.kernel) sources.push(await prepareSource(spec, patches, options));
		const kernels: BuiltKernel[] = [];
		for (const source of sources) kernels.push(await prepareKernel(source, suites, options));
		return { settings, kernels, images: await images };
	} finally {
		reporter.stop();
	}
}
