import test from 'ava';
import type { Attempt, Splat } from '../model/run.ts';
import { gdbGreeting } from './gdb-greeting.ts';

const splat: Splat = {
	kind: 'KASAN',
	title: 'KASAN: slab-use-after-free Read in cachefiles_withdraw_volume',
	fingerprint: '0123456789ab',
	isFailure: true,
	stacks: [],
	guestTime: 12.345678,
	text: '',
};
const attempt: Attempt = {
	status: 'FAIL',
	reason: 'an assertion failed',
	durationMs: 1,
	assertions: [],
	evidence: [],
	splats: [],
	leftOvers: [],
	counters: {},
	measured: {},
	dir: 'jobs/x',
};
const greet = (splats: readonly Splat[]) =>
	gdbGreeting({ suite: 'a', case: 'b', kernel: { release: '6.12.117' } as never, attempt: { ...attempt, splats } }).join('\n');

test('a report says where to stop: in the function of its title, and where reports of its kind begin', (t) => {
	const text = greet([splat]);
	t.regex(text, /a\/b on 6\.12\.117: KASAN: slab-use-after-free Read in cachefiles_withdraw_volume$/m);
	t.regex(text, /^ *break cachefiles_withdraw_volume /m);
	t.regex(text, /^ *break kasan_report /m);
	t.regex(text, /12\.345678 s/);
});

test('a failure without a report has its reason, and no place', (t) => {
	const text = greet([{ ...splat, isFailure: false }]);
	t.regex(text, /a\/b on 6\.12\.117: an assertion failed/);
	t.notRegex(text, /^ *break /m);
});
