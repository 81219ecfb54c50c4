/** The command line: parses, runs one command, turns whatever happened into an exit code; the only process.exit. */

import { CommanderError } from 'commander';
import { exitCodes } from '../model/run.ts';
import { createInterrupts } from './interrupts.ts';
import { reportProblem } from './problem.ts';
import { createProgram } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	// `crucible list | head` closes our stdout: not a failure.
	if (error.code === 'EPIPE') process.exit(0);
	throw error;
});

/** Ends the process when what was written has left: a pipe takes large documents in pieces, and exit would drop the rest. */
async function end(exitCode: number): Promise<never> {
	await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
	process.exit(exitCode);
}

const interrupts = createInterrupts(process, (text) => process.stderr.write(`${text}\n`));
try {
	let exitCode: number = exitCodes.pass;
	const context = {
		interrupts,
		finish(code: number) {
			exitCode = code;
		},
	};
	const program = await createProgram(context, process.argv[2]);
	await program.parseAsync(process.argv);
	await end(interrupts.exitCode() ?? exitCode);
} catch (error) {
	if (error instanceof CommanderError) await end(error.exitCode === 0 ? exitCodes.pass : exitCodes.usage);
	await end(interrupts.exitCode() ?? reportProblem(error));
}
