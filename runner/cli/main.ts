/** The command line: parses, runs one command, turns whatever happened into an exit code; the only process.exit. */

import { CommanderError } from 'commander';
import { exitCodes } from '../model/run.ts';
import { InfraError } from '../util/errors.ts';
import { createInterrupts } from './interrupts.ts';
import { reportProblem } from './problem.ts';
import { createProgram } from './program.ts';

// Left to Node it would be exit 1, which a bisection reads as bad.
process.on('uncaughtException', (error) => process.exit(reportProblem(error)));

// There is nobody to tell; the exit code still says it.
process.stderr.on('error', () => {});

/** What they print is all they are for, and some of it never ends. */
const endWithReader = ['boot', 'shell', 'watch'];

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') process.exit(reportProblem(new InfraError(`cannot write to standard output: ${error.message}`)));
	// `crucible run | head` closes our stdout: the run goes on, since its exit code is a verdict.
	if (endWithReader.includes(process.argv[2] ?? '')) process.exit(exitCodes.pass);
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
