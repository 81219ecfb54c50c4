/** `crucible decode <log|->`: the splats of any pasted dmesg, symbolised when the kernel is given. */

import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { formatSplat } from '../parse/format-splat.ts';
import { findSplats } from '../parse/splat.ts';
import { symbolizeSplats } from '../parse/symbolize.ts';
import { UserError } from '../util/errors.ts';
import { readStdin } from '../util/stdin.ts';
import type { CommandContext } from './context.ts';
import { objectsIn } from './objects.ts';

export function addDecode(program: Command, context: CommandContext): void {
	program
		.command('decode')
		.description('finds the kernel reports in a log and prints them clean')
		.argument('<log>', 'a file, or - for standard input')
		.option('--build <dir>', 'a kernel build folder (vmlinux and .ko with debug info), for file:line')
		.option('--json', 'one JSON document')
		.action(async (log: string, options: { build?: string; json?: boolean }) => {
			const text = log === '-' ? (await readStdin()).toString('latin1') : await readLog(log);
			const objects = options.build === undefined ? undefined : await objectsIn(options.build);
			const raw = findSplats(text);
			const splats = objects ? await symbolizeSplats(raw, objects, context.interrupts.drain) : raw;
			if (options.json) process.stdout.write(`${JSON.stringify(splats, undefined, '\t')}\n`);
			else if (splats.length === 0) process.stdout.write('no kernel report found\n');
			else process.stdout.write(`${splats.map(formatSplat).join('\n\n')}\n`);
		});
}

async function readLog(path: string): Promise<string> {
	return readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
		throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file: path } });
	});
}
