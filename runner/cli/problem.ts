/** What is said of an error, by whose fault it is, and the exit code it gets. */

import { constants } from 'node:os';
import { exitCodes } from '../model/run.ts';
import { formatPosition, KernelError, messageOf, UserError } from '../util/errors.ts';
import { harmless } from '../util/text.ts';
import { GuestError } from '../vm/agent.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import { isMachineFault } from '../vm/machine-fault.ts';
import { Interrupted } from './interrupts.ts';

const { ENOENT, EACCES, ENOTDIR, ENOEXEC } = constants.errno;
/** What the guest says of a program or file that was named wrongly. */
const notThere = [ENOENT, EACCES, ENOTDIR, ENOEXEC];

/** Lines for stderr and the exit code; `versions` is added where the fault is ours. */
export function describeProblem(error: unknown, versions: string): { lines: string[]; exitCode: number } {
	if (error instanceof UserError)
		return {
			lines: [
				`${error.at ? `${formatPosition(error.at)}: ` : 'crucible: '}${error.message}`,
				...(error.hint ? [`hint: ${error.hint}`] : []),
			],
			exitCode: exitCodes.usage,
		};
	if (error instanceof KernelError)
		return { lines: [`crucible: ${error.message}`, ...error.log.map((line) => `  ${harmless(line)}`)], exitCode: exitCodes.untestable };
	if (error instanceof GuestEnded) return { lines: [`crucible: ${error.message}`], exitCode: exitCodes.fail };
	if (error instanceof GuestError && notThere.includes(error.errno))
		return {
			lines: [`crucible: ${error.message}`, 'hint: that is in the guest, where ./crucible shell looks around'],
			exitCode: exitCodes.usage,
		};
	if (isMachineFault(error)) return { lines: [`crucible: ${error.message}`], exitCode: exitCodes.ours };
	if (error instanceof Interrupted) return { lines: [`crucible: ${error.message}`], exitCode: exitCodes.sigint };
	const code = (error as NodeJS.ErrnoException | undefined)?.code;
	if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'EDQUOT')
		return {
			lines: [`crucible: ${messageOf(error)}`, 'hint: is there room on the disk, and may you write there?'],
			exitCode: exitCodes.usage,
		};
	const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
	return { lines: ['crucible: this is a bug of ours:', stack, versions], exitCode: exitCodes.ours };
}

/** Writes it to stderr; returns the exit code. */
export function reportProblem(error: unknown): number {
	const { lines, exitCode } = describeProblem(error, `node ${process.version}, ${process.platform} ${process.arch}`);
	process.stderr.write(`${lines.join('\n')}\n`);
	return exitCode;
}
