/** `crucible boot` and `crucible shell`: a machine of one's own, without a suite. */

import type { Command } from 'commander';
import { folders } from '../config/settings.ts';
import { baseHash } from '../kernel/identity.ts';
import { guestPaths } from '../suite/provision.ts';
import { Scope } from '../util/scope.ts';
import { formatDuration } from '../util/text.ts';
import { chooseAccel } from '../vm/accel.ts';
import { guestEnv, Machine } from '../vm/machine.ts';
import { makePrivateDir } from '../vm/private-dir.ts';
import { pushFiles, pushMs } from '../vm/push-files.ts';
import { openTemplate } from '../vm/template.ts';
import { buildKernels } from './build.ts';
import type { CommandContext } from './context.ts';
import { addSettings } from './flags.ts';
import { addSeries } from './series.ts';

export function addBoot(program: Command, context: CommandContext): void {
	const boot = program
		.command('boot')
		.description('boots a kernel, runs one command in the guest and exits with its status')
		.argument('[command...]', 'the command', ['uname', '-r'])
		.option('--modules', 'bring the modules under test to /crucible/modules first')
		.passThroughOptions();
	const shell = program
		.command('shell')
		.description('boots a kernel and opens a shell in the guest; modules under test are in /crucible/modules');
	for (const command of [boot, shell]) addSettings(addSeries(command), ['kernel', 'config', 'accel', 'jobs', 'templates']);
	boot.action(async (argv: string[], flags: Record<string, unknown>) => {
		await using scope = new Scope();
		const { machine, pushModules } = await bootOne(flags, context, scope);
		// Some 25 MB: a second and more without KVM, which few commands need.
		if (flags.modules) await pushModules();
		const result = await machine.exec({
			argv,
			env: guestEnv,
			cwd: '/',
			signal: context.interrupts.drain,
			onStdout: (chunk) => void process.stdout.write(chunk),
			onStderr: (chunk) => void process.stderr.write(chunk),
			maxOutputBytes: 0,
		});
		context.finish(result.signal === undefined ? result.exitCode : 128 + result.signal);
	});
	shell.action(async (flags: Record<string, unknown>) => {
		await using scope = new Scope();
		const { machine, pushModules } = await bootOne(flags, context, scope);
		await pushModules();
		// Loading ssh takes longer than the rest of a short command's start.
		const { openShell } = await import('../vm/ssh.ts');
		await openShell(machine, { stdin: process.stdin, stdout: process.stdout, signal: context.interrupts.drain });
	});
}

interface Booted {
	readonly machine: Machine;
	/** To /crucible/modules. */
	readonly pushModules: () => Promise<void>;
}

/** The first kernel asked for, up; its console is in a folder that goes away with it. */
async function bootOne(flags: Readonly<Record<string, unknown>>, context: CommandContext, scope: Scope): Promise<Booted> {
	const { settings, kernels, images } = await buildKernels(flags, context);
	const [kernel] = kernels;
	const image = images.get('base');
	if (!kernel || !image) throw new Error('nothing was built');
	const signal = context.interrupts.drain;
	const accel = await chooseAccel(settings.accel, { stateDir: folders.state, signal });
	const { path: dir } = scope.use(await makePrivateDir());
	const began = performance.now();
	const spec = { kernel: kernel.boot, initrd: image.path, cpus: 2, memoryMiB: 1536, accel: accel.accel };
	const options = { cacheDir: folders.cache, kernelHash: baseHash(kernel.identity), initrdHash: image.hash };
	const how = { signal, timeoutScale: accel.timeoutScale };
	const opened = settings.templates ? await openTemplate(spec, { ...options, ...how }) : undefined;
	const template = opened?.way === 'clone' ? scope.use(opened.template) : undefined;
	const machine = scope.use(await Machine.start(spec, { dir, ...how, template }));
	const origin = template ? 'from a template' : 'booted';
	process.stderr.write(`${kernel.identity.release} is up after ${formatDuration(performance.now() - began)} (${accel.accel}, ${origin})\n`);
	const modules = kernel.modules.map(({ name, path }) => ({ path: `${guestPaths.modules}/${name}.ko`, content: { file: path } }));
	const timeoutMs = pushMs * machine.timeoutScale;
	return { machine, pushModules: () => machine.watch(() => pushFiles(machine.agent, modules, { timeoutMs, signal })) };
}
