/** `crucible report [run]`: renders a stored run again, without running anything. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { outputStyle } from '../config/settings.ts';
import { junitPieces } from '../report/junit.ts';
import { toMail } from '../report/mail.ts';
import { tapPieces } from '../report/tap.ts';
import { createTerminalReporter } from '../report/terminal.ts';
import { readSeriesFiles, writeReports } from '../report/write.ts';
import { documentPieces, findRun } from '../session/store.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { printPieces } from './print-pieces.ts';

const formats = ['terminal', 'html', 'tap', 'junit', 'json', 'mail'];

export function addReport(program: Command): void {
	program
		.command('report')
		.description('renders a stored run again')
		.argument('[run]', 'an id, the unique beginning of one, or latest', 'latest')
		.option('--format <format>', `one of ${formats.join(', ')}`, 'terminal')
		.action(async (name: string, options: { format: string }) => {
			if (!formats.includes(options.format))
				throw new UserError(`--format ${options.format}: not a format`, { hint: `one of ${formats.join(', ')}` });
			const { run, dir } = await findRun(checkout.results, name);
			const file = join(dir, 'report.html');
			if (options.format === 'tap') await printPieces(tapPieces(run));
			else if (options.format === 'junit') await printPieces(junitPieces(run));
			else if (options.format === 'json') await printPieces(documentPieces(run));
			else if (options.format === 'mail')
				process.stdout.write(toMail(run, { tester: await testerName(), patches: (await readSeriesFiles(dir)).map(titleOf) }));
			else if (options.format === 'html') {
				await writeReports(run, dir);
				process.stdout.write(`${file}\n`);
			} else {
				const { color } = outputStyle(Boolean(process.stdout.isTTY));
				const width = process.stdout.columns ?? 100;
				createTerminalReporter({ stdout: process.stdout, stderr: process.stderr, isTty: false, color, width }).finish(run, {
					report: file,
				});
			}
		});
}

/** Who tested, as git knows the user. */
async function testerName(): Promise<string> {
	const ask = async (key: string) => (await exec('git', ['config', key], { allowFailure: true })).stdout.trim();
	const [name, email] = [await ask('user.name'), await ask('user.email')];
	if (name === '' || email === '')
		throw new UserError('git does not know your name, which a Tested-by has', {
			hint: 'git config --global user.name "…"; the same for user.email',
		});
	return `${name} <${email}>`;
}

/** `netfs: fix it` of a mail, the file's name of a bare diff. */
function titleOf({ name, text }: { readonly name: string; readonly text: string }): string {
	return /^Subject: \[PATCH\] (.+)$/m.exec(text.split('\n---\n')[0] ?? '')?.[1] ?? name.replace(/^\d{4}-/, '');
}
