/** All commands, each declared in a file of its own. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import type { CommandContext } from './context.ts';

type Add = (program: Command, context: CommandContext) => void;

/** In the order of the help. A command's file, with all that it needs, is loaded when one of its names is asked for. */
const commands: readonly { readonly names: readonly string[]; readonly load: () => Promise<Add> }[] = [
	{ names: ['run'], load: async () => (await import('./run.ts')).addRun },
	{ names: ['watch'], load: async () => (await import('./watch.ts')).addWatch },
	{ names: ['compare'], load: async () => (await import('./compare.ts')).addCompare },
	{ names: ['bisect'], load: async () => (await import('./bisect.ts')).addBisect },
	{ names: ['nightly'], load: async () => (await import('./nightly.ts')).addNightly },
	{ names: ['soak'], load: async () => (await import('./soak.ts')).addSoak },
	{ names: ['build'], load: async () => (await import('./build.ts')).addBuild },
	{ names: ['boot', 'shell'], load: async () => (await import('./boot.ts')).addBoot },
	{ names: ['list'], load: async () => (await import('./list.ts')).addList },
	{ names: ['report'], load: async () => (await import('./report.ts')).addReport },
	{ names: ['rr'], load: async () => (await import('./rr.ts')).addRr },
	{ names: ['decode'], load: async () => (await import('./decode.ts')).addDecode },
	{ names: ['known-bugs'], load: async () => (await import('./known-bugs.ts')).addKnownBugs },
	{ names: ['issues'], load: async () => (await import('./issues.ts')).addIssues },
	{ names: ['bench'], load: async () => (await import('./bench.ts')).addBench },
	{ names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctor },
	{ names: ['clean'], load: async () => (await import('./clean.ts')).addClean },
	// It reads all the others.
	{ names: [], load: async () => (await import('./completion.ts')).addCompletion },
	{ names: ['self-test'], load: async () => (await import('./self-test.ts')).addSelfTest },
];

/** The commander program with the command `asked` for, or with all of them where it is none; parsing errors throw CommanderError. */
export async function createProgram(context: CommandContext, asked: string | undefined): Promise<Command> {
	const { version } = JSON.parse(readFileSync(join(checkout.top, 'package.json'), 'utf8')) as { version: string };
	const program = new Command('crucible')
		.description(
			'Builds a kernel with sanitizers, boots it, drives fscache, cachefiles and netfslib hard, and gives a verdict with evidence.',
		)
		.version(version)
		.enablePositionalOptions()
		.exitOverride()
		.showHelpAfterError('(./crucible --help shows the commands)')
		.addHelpText('after', '\nExit: 0 pass, 1 fail, 125 kernel not testable or nothing proved, 128 our side, 129 usage, 130/143 signals.');
	const named = commands.filter(({ names }) => asked !== undefined && names.includes(asked));
	const adds = await Promise.all((named.length > 0 ? named : commands).map(({ load }) => load()));
	for (const add of adds) add(program, context);
	return program;
}
