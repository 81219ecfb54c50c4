import { constants } from 'node:os';
import test from 'ava';
import { DeadlineError } from '../util/deadline.ts';
import { GuestError } from '../vm/agent.ts';
import { GuestEnded } from '../vm/machine-exit.ts';
import { describeProblem } from './problem.ts';

const { ENOENT, ENOMEM } = constants.errno;

for (const [what, error, exitCode, line] of [
	[
		'a program that the guest does not have',
		new GuestError('nosuch', ENOENT, 'No such file or directory'),
		129,
		/^crucible: nosuch: No such file/,
	],
	['a guest without memory', new GuestError('/bin/sh', ENOMEM, 'Cannot allocate memory'), 128, /^crucible: \/bin\/sh: Cannot allocate/],
	['a panic', new GuestEnded({ reason: 'panic', detail: 'the kernel panicked: x', stderr: [] }), 1, /^crucible: the kernel panicked: x$/],
	['a silent guest', new DeadlineError('the end of the log', 5_000), 128, /^crucible: waited 5\.0 s for the end of the log$/],
	['anything else', new TypeError('x is not a function'), 128, /^crucible: this is a bug of ours:$/],
] as const)
	test(`${what} is told by whose fault it is, with exit ${exitCode}`, (t) => {
		const problem = describeProblem(error, 'node');
		t.is(problem.exitCode, exitCode);
		t.regex(problem.lines[0] ?? '', line);
		t.is(
			problem.lines.some((text) => /^\s+at /m.test(text)),
			what === 'anything else',
		);
	});
