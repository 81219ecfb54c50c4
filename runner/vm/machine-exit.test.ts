import test from 'ava';
import { type ExitFacts, explainExit } from './machine-exit.ts';

const quiet: ExitFacts = { exitCode: 0, signal: undefined, stderr: [], shutdown: undefined, panic: undefined, isOurs: false };
const reasonOf = (facts: Partial<ExitFacts>) => explainExit({ ...quiet, ...facts }).reason;

test('a panic is a reset after the kernel said so; words alone are not', (t) => {
	t.is(reasonOf({ shutdown: 'guest-reset', panic: 'sysrq triggered crash' }), 'panic');
	t.is(reasonOf({ shutdown: 'guest-reset' }), 'reset');
	t.is(reasonOf({ panic: 'printed by a program', isOurs: true, shutdown: 'host-qmp-quit' }), 'quit');
});

test('an end from outside is told from a crash', (t) => {
	t.is(reasonOf({ exitCode: undefined, signal: 'SIGKILL' }), 'killed');
	t.is(reasonOf({ shutdown: 'host-signal' }), 'killed');
	t.is(reasonOf({ shutdown: 'host-qmp-quit' }), 'killed');
	t.is(reasonOf({ exitCode: undefined, signal: 'SIGSEGV' }), 'crash');
	t.is(reasonOf({ exitCode: 1, stderr: ['qemu-system-x86_64: no such kernel'] }), 'crash');
	t.is(explainExit({ ...quiet, exitCode: 1, stderr: ['no such kernel'] }).detail, 'QEMU exited with 1: no such kernel');
});

test('a machine that powers itself off did so, and ours to end is ours', (t) => {
	t.is(reasonOf({ shutdown: 'guest-shutdown' }), 'poweroff');
	t.is(reasonOf({ isOurs: true, shutdown: 'host-qmp-quit' }), 'quit');
	t.is(reasonOf({ isOurs: true, exitCode: undefined, signal: 'SIGKILL' }), 'quit');
});
