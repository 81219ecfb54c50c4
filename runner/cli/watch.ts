/** `crucible watch`: runs again whenever a source is saved. */

import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { folders, outputStyle, userDir } from '../config/settings.ts';
import { openSource } from '../kernel/source.ts';
import { parseSourceSpec } from '../kernel/source-spec.ts';
import { isAside, isKernelInput } from '../kernel/watched-paths.ts';
import type { Event } from '../model/event.ts';
import { changedText, iterationLines, type LastStatuses, withRun } from '../report/changes.ts';
import { createPaint } from '../report/paint.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { changeFeed } from '../session/change-feed.ts';
import { createFold } from '../session/fold.ts';
import { watchLoop } from '../session/watch-loop.ts';
import { watchTree } from '../session/watch-tree.ts';
import { loadSuites } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { start } from '../util/exec.ts';
import { Scope } from '../util/scope.ts';
import { count, harmless } from '../util/text.ts';
import type { CommandContext } from './context.ts';
import { addSettings, collect, settingsOf, wholeNumber } from './flags.ts';

export function addWatch(program: Command, context: CommandContext): void {
	const command = program
		.command('watch')
		.description('runs suites again whenever a file of the kernel tree or of a suite is saved')
		.argument('[globs...]', 'suites or suite/case, with wildcards; without any the smoke suites')
		.option('--tag <tag>', 'only cases with this tag; repeatable', collect)
		.option('--timeout <s>', 'seconds that replace each case’s own (scaled under TCG)', wholeNumber(1));
	addSettings(command, ['kernel', 'config', 'accel', 'jobs', 'templates', 'warp', 'reruns']).action(
		async (globs: string[], flags: { readonly tag?: string[] }) => {
			const { kernel } = await settingsOf({ ...flags });
			const trees = await openTrees(kernel);
			const suites = selectCases(await loadSuites(checkout.suites), globs, flags.tag ?? (globs.length === 0 ? ['smoke'] : []));
			const changes = changeFeed();
			await using watching = new Scope();
			let watched = 0;
			const follow = (root: string, wants: (path: string) => boolean, name: (path: string) => string) => {
				watched += watching.use(watchTree(root, wants, (path) => changes.add(name(path)))).folders();
			};
			for (const tree of trees) follow(tree, isKernelInput, (path) => (trees.length === 1 ? path : join(basename(tree), path)));
			for (const dir of [join(checkout.suites, 'lib'), ...suites.map((suite) => suite.dir)])
				follow(
					dir,
					(path) => !isAside(path),
					(path) => join(relative(checkout.top, dir), path),
				);
			await iterate(context, changes, `${trees.join(', ')} and ${count(suites.length, 'suite')} (${count(watched, 'folder')})`);
		},
	);
}

/** The folders behind the kernel specs; nothing else changes under a user's hands. */
async function openTrees(specs: readonly string[]): Promise<string[]> {
	const options = { cacheDir: folders.cache, cwd: userDir() };
	const trees: string[] = [];
	for (const spec of specs) {
		const parsed = parseSourceSpec(spec, options.cwd);
		if (parsed.kind !== 'directory')
			throw new UserError(`${spec} does not change when files are saved: watch needs the folder of a kernel tree`, {
				hint: `./crucible watch --kernel ${parsed.kind === 'git' ? parsed.repository : '~/linux'}`,
			});
		trees.push((await openSource(spec, options)).tree);
	}
	return trees;
}

/** The loop. Each iteration is a `crucible run` of its own, so that a suite's TypeScript is compiled and loaded anew, and none leaves memory behind. */
async function iterate({ interrupts }: CommandContext, changes: ReturnType<typeof changeFeed>, what: string): Promise<void> {
	const { color, live } = outputStyle(Boolean(process.stderr.isTTY));
	const paint = createPaint(color);
	const say = (text: string) => process.stderr.write(`${text}\n`);
	let last: LastStatuses = new Map();
	await watchLoop({
		changes,
		signal: interrupts.drain,
		onOvertaken: (name) => say(`${changedText([name])} changed: a case that runs may end, then everything runs again`),
		onWaiting: () => say(paint('dim', `watching ${what}; Ctrl-C ends`)),
		async run(changed, enough) {
			if (changed.length > 0) process.stdout.write(`\n${paint('bold', `${changedText(changed)} changed`)}\n`);
			const width = process.stderr.columns ?? 100;
			const reporter = createTerminalReporter({ stdout: process.stdout, stderr: process.stderr, isTty: live, color, width });
			const fold = createFold();
			const problem = await runChild(
				(event) => {
					reporter.onEvent(event);
					if (event.type !== 'phase-progress') fold.add(event);
				},
				[enough, interrupts.drain, interrupts.stop],
			);
			reporter.stop();
			if (fold.lastMs() === undefined || (!fold.isComplete() && !enough.aborted && !interrupts.drain.aborted)) say(problem);
			if (fold.lastMs() === undefined) return;
			const run = fold.run();
			const report = join(checkout.results, run.id, 'report.html');
			process.stdout.write(`${iterationLines(last, run, { paint, report }).join('\n')}\n`);
			last = withRun(last, run);
		},
	});
}

/** Runs `crucible run` with our own arguments; each of `stops` is one Ctrl-C to it. Returns the last of what it said on stderr. */
async function runChild(onEvent: (event: Event) => void, stops: readonly AbortSignal[]): Promise<string> {
	const args = process.argv.slice(process.argv.indexOf('watch') + 1);
	// In a session of its own: the terminal's Ctrl-C is ours to pass on, once.
	const child = start('setsid', [process.execPath, join(checkout.top, 'crucible'), 'run', '--events', ...args]);
	let sent = 0;
	const interrupt = () => {
		// A save and a Ctrl-C both ask it to drain; only a second Ctrl-C is more.
		const wanted = (stops.slice(0, -1).some(({ aborted }) => aborted) ? 1 : 0) + (stops.at(-1)?.aborted ? 1 : 0);
		for (; sent < wanted; sent++) child.kill('SIGINT');
	};
	for (const stop of stops) stop.addEventListener('abort', interrupt);
	interrupt();
	const said: string[] = [];
	const hear = async () => {
		for await (const line of child.iterable({ from: 'stderr' })) {
			said.push(harmless(String(line)));
			if (said.length > 40) said.shift();
		}
	};
	const follow = async () => {
		for await (const line of child.iterable({ from: 'stdout' })) onEvent(JSON.parse(String(line)) as Event);
	};
	await Promise.all([hear(), follow()]);
	await child;
	for (const stop of stops) stop.removeEventListener('abort', interrupt);
	return said.join('\n');
}
