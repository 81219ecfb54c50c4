import test from 'ava';
import { formatBackground, parseBackground } from './background.ts';

test('a background fault is read as it is written', (t) => {
	for (const text of [
		'memory-pressure,leaveMiB=256',
		'slab-failure,module=netfs,nth=40,times=2',
		'disk-throttled,disk=cache,perSecond=200',
	]) {
		const fault = parseBackground(text);
		t.not(typeof fault, 'string', text);
		if (typeof fault !== 'string') t.is(formatBackground(fault), text);
	}
});

const mistakes: readonly [string, RegExp][] = [
	['disk-error,disk=cache', /^"disk-error" is no fault that a case can be put under; those are caches-dropping, /],
	['memory-pressure', /leaveMiB/],
	['memory-pressure,leaveMiB', /^"leaveMiB" is not KEY=VALUE$/],
	['memory-pressure,leaveMiB=1', /leaveMiB/],
];
for (const [text, message] of mistakes)
	test(`what is wrong with a background fault is said: ${text}`, (t) => {
		t.regex(String(parseBackground(text)), message);
	});
