/** All commands, each declared in a file of its own. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { addBisect } from './bisect.ts';
import { addBoot } from './boot.ts';
import { addBuild } from './build.ts';
import { addClean } from './clean.ts';
import { addCompare } from './compare.ts';
import { addCompletion } from './completion.ts';
import type { CommandContext } from './context.ts';
import { addDecode } from './decode.ts';
import { addDoctor } from './doctor.ts';
import { addIssues } from './issues.ts';
import { addKnownBugs } from './known-bugs.ts';
import { addList } from './list.ts';
import { addReport } from './report.ts';
import { addRun } from './run.ts';
import { addSelfTest } from './self-test.ts';
import { addWatch } from './watch.ts';

/** The commander program; parsing errors throw CommanderError. */
export function createProgram(context: CommandContext): Command {
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
	for (const add of [
		addRun,
		addWatch,
		addCompare,
		addBisect,
		addBuild,
		addBoot,
		addList,
		addReport,
		addDecode,
		addKnownBugs,
		addIssues,
		addDoctor,
		addClean,
		addCompletion,
		addSelfTest,
	])
		add(program, context);
	return program;
}
