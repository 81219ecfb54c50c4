/** The words of `crucible run`, declared for the command line and for reading those of a stored run again. */

import { Command } from 'commander';
import { addSettings, collect, wholeNumber } from './flags.ts';
import { addSeries, type SeriesFlags } from './series.ts';
import { addXfstests, type XfstestsFlags } from './xfstests.ts';

export interface RunFlags extends SeriesFlags, XfstestsFlags {
	readonly tag?: string[];
	readonly repeat: number;
	readonly sweep?: string;
	readonly chain?: boolean;
	readonly under?: string;
	readonly timeout?: number;
	readonly seed?: number;
	readonly each?: boolean;
	readonly failFast?: boolean;
	readonly json?: boolean;
	readonly events?: boolean;
	readonly dryRun?: boolean;
	readonly resume?: string | true;
	readonly config?: string;
}

export interface RunWords {
	readonly globs: readonly string[];
	readonly flags: RunFlags;
}

export function addRunWords(command: Command): Command {
	addSeries(command)
		.argument('[globs...]', 'suites or suite/case, with wildcards')
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--each', 'test every commit of the series on its own, by the smoke cases it concerns or those named')
		.option('--repeat <n>', 'run every case this often', wholeNumber(1), 1)
		.option('--sweep <functions>', 'move a hold of the cases’ races over every call in [ACTOR@]FUNCTION, or two over every pair: F,G')
		.option('--chain', 'run the cases named, of one suite, in that order in one guest; only the first one’s own checks count')
		.option(
			'--under <fault>',
			'keep a fault in force that the cases were not written for (caches-dropping,everyMs=1000); their own checks do not count',
		)
		.option('--timeout <s>', 'seconds that replace each case’s own (scaled under TCG)', wholeNumber(1))
		.option('--seed <n>', 'for everything random; the report names the one used', wholeNumber(0))
		.option('--fail-fast', 'begin no case after a failure')
		.option('--resume [run]', 'go on with a run that was cut off (the latest, or the one named) as it was asked for')
		.option('--json', 'the run as one JSON document on stdout')
		.option('--events', 'events as NDJSON on stdout, as they happen')
		.option('--dry-run', 'print the plan and the QEMU lines, and do nothing');
	return addSettings(addXfstests(command), ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp', 'reruns']);
}

/** Reads what stood after `run`. */
export function readRunWords(words: readonly string[]): RunWords {
	const command = addRunWords(new Command('run').exitOverride());
	command.parse([...words], { from: 'user' });
	return { globs: command.args, flags: command.opts() };
}

/** The flags that were typed; the others have their defaults. */
export function typedFlags(command: Command): Partial<RunFlags> {
	const flags = Object.entries(command.opts());
	return Object.fromEntries(flags.filter(([name]) => command.getOptionValueSource(name) === 'cli'));
}
