/** Every detector is seen firing: faults planted in a guest, the verdict and the title each must get. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import type { CaseResult, Run, Status } from '../model/run.ts';
import { outline, resultsOf, runJson } from './crucible.ts';

interface Expected {
	readonly status: Status;
	readonly reason?: RegExp;
	/** Titles of the splats, in order. */
	readonly titles?: readonly RegExp[];
	/** Functions that must stand in the stacks of these roles, with file and line. */
	readonly stacks?: Readonly<Record<string, string>>;
}

const pass: Expected = { status: 'PASS', titles: [] };
const fail = (reason: RegExp): Expected => ({ status: 'FAIL', reason, titles: [] });
const splat = (...titles: RegExp[]): Expected => ({ status: 'FAIL', titles });

/** What a case says of itself, and what it leaves behind: no splat in any. */
const sayings: Readonly<Record<string, Expected>> = {
	pass,
	'control-characters': pass,
	fail: fail(/^not ok: /),
	'fail-exit-0': fail(/^not ok: /),
	'silent-exit': fail(/^KTAP: no plan/),
	'exit-status': fail(/exited with 3/),
	signal: fail(/signal 11/),
	'short-of-plan': fail(/^KTAP: planned 3/),
	'no-plan': fail(/^KTAP: no plan/),
	'no-evidence': { status: 'INCONCLUSIVE', reason: /seen == 1, measured nothing/ },
	'false-evidence': { status: 'INCONCLUSIVE', reason: /seen == 1, measured 0/ },
	skip: { status: 'SKIP' },
	'left-process': fail(/^left over: process /),
	'left-mount': fail(/^left over: mount of /),
	'left-volume': fail(/^left over: .*volumes/),
	'left-module': fail(/^left over: .*module /),
	'left-taint': fail(/^left over: kernel tainted \(512\) without a report/),
};

/** What the kernel reports. */
const reports: Readonly<Record<string, Expected>> = {
	'use-after-free': {
		...splat(/^KASAN: (slab-)?use-after-free Read in planted_use_after_free$/),
		stacks: { access: 'planted_use_after_free', allocated: 'planted_allocate', freed: 'planted_release' },
	},
	'out-of-bounds': splat(/^KASAN: slab-out-of-bounds Write in planted_out_of_bounds$/),
	'double-free': splat(/^KASAN: double-free in planted_release$/),
	// Where KASAN is inline, the shadow of a null pointer is what cannot be read.
	'null-dereference': splat(/^general protection fault in planted_null_dereference$/),
	'list-corruption': splat(/corrupted list in planted_list_corruption$/),
	'refcount-underflow': splat(/^WARNING: refcount bug in planted_refcount_underflow$/),
	warn: splat(/^WARNING in planted_warn$/),
	bug: splat(/^kernel BUG in planted_bug$/),
	'schedule-in-atomic': splat(/^BUG: scheduling while atomic in planted_schedule_in_atomic$/),
	'busy-inode': splat(/Busy inodes after unmount/),
	'hung-task': splat(/^INFO: task hung in planted_blocked_task$/),
	'soft-lockup': splat(/^BUG: soft lockup in planted_spin$/),
	'rcu-stall': splat(/^INFO: rcu detected stall in planted_spin$/),
	panic: splat(/^kernel panic: planted panic$/),
};

/** Ends and floods. */
const endings: Readonly<Record<string, Expected>> = {
	'kernel-hang': { status: 'FAIL', reason: /^kernel hang: .*CPU 0 at / },
	'test-hang': { status: 'FAIL', reason: /^test hang: / },
	'power-off': { status: 'FAIL', reason: /powered itself off/ },
	'agent-killed': { status: 'ERROR', reason: /agent is lost/ },
	'scenario-throws': { status: 'ERROR', reason: /^its scenario threw TypeError: planted$/ },
	'scenario-unmet': { status: 'MISS', reason: /planted_nowhere/ },
	'console-flood': pass,
	'results-flood': pass,
};

function check(result: CaseResult | undefined, expected: Expected): string[] {
	if (!result) return ['did not run'];
	const problems: string[] = [];
	if (result.status !== expected.status) problems.push(`is ${result.status} (${result.reason}), not ${expected.status}`);
	if (expected.reason && !expected.reason.test(result.reason ?? '')) problems.push(`reason "${result.reason}" is not ${expected.reason}`);
	const splats = result.attempts[0]?.splats ?? [];
	if (expected.titles) {
		const got = splats.map(({ title }) => title);
		if (expected.titles.length === 0 && got.length > 0) problems.push(`splats: ${got.join('; ')}`);
		expected.titles.forEach((title, index) => {
			if (!title.test(got[index] ?? '')) problems.push(`splat ${index + 1} is "${got[index]}", not ${title}`);
		});
	}
	for (const [role, name] of Object.entries(expected.stacks ?? {})) {
		const frame = splats[0]?.stacks.find((stack) => stack.role === role)?.frames.find((entry) => entry.function === name);
		if (!frame?.file || !frame.line) problems.push(`${role}: no ${name} with file and line`);
	}
	return problems;
}

function checkAll(run: Run, expected: Readonly<Record<string, Expected>>): Record<string, string[]> {
	const results = resultsOf(run);
	const entries = Object.entries(expected).map(([name, want]) => [name, check(results.get(`planted/${name}`), want)] as const);
	return Object.fromEntries(entries.filter(([, problems]) => problems.length > 0));
}

const only = (names: readonly string[]) => names.map((name) => `planted/${name}`);

for (const [group, expected] of Object.entries({ sayings, reports, endings })) {
	test(`6.12: ${group}: ${Object.keys(expected).join(', ')}`, async (t) => {
		const { run } = await runJson([...only(Object.keys(expected)), '--reruns', '0', '--jobs', '1']);
		t.deepEqual(checkAll(run, expected), {}, outline(run));
		if (group !== 'endings') return;
		// 20 MB of console and 20 MB of results went through it; console-volume.test.ts has the gigabyte.
		t.true((run.peakMemoryMiB ?? Infinity) < 300, `the runner took ${run.peakMemoryMiB} MiB`);
		const retried = resultsOf(run).get('planted/agent-killed');
		t.is(retried?.attempts.length, 2, 'an ERROR is retried once');
		const hang = resultsOf(run).get('planted/test-hang')?.attempts[0];
		t.true((hang?.consoleTail?.length ?? 0) > 0);
		const log = await readFile(join(checkout.results, run.id, hang?.dir ?? '', 'console.log'), 'utf8');
		t.regex(log, /sysrq: Show Blocked State/);
	});
}

test('6.1: reports and a hang get the same verdicts', async (t) => {
	const some = { ...reports, 'test-hang': { status: 'FAIL', reason: /^test hang: / } as Expected };
	const { run } = await runJson([...only(Object.keys(some)), '--kernel', 'debian:6.1', '--reruns', '0', '--jobs', '1']);
	t.deepEqual(checkAll(run, some), {}, outline(run));
});
