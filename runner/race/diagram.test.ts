import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import type { Splat } from '../model/run.ts';
import { createSplatScanner } from '../parse/splat.ts';
import { type DiagramInput, drawRace } from './diagram.ts';
import { diagramText } from './diagram-text.ts';
import { parseTrace } from './trace-events.ts';

/** A race as it was recorded: see testdata/withdraw-volume.txt, whose parts are the steps, the trace, the console, and what is to be drawn. */
function recorded(name: string): { input: DiagramInput; golden: string } {
	const text = readFileSync(join(checkout.top, 'runner/race/testdata', name), 'utf8');
	const [steps = '', trace = '', log = '', golden = ''] = text.split(/^=== \w+\n/m).slice(1);
	const splats: Splat[] = [];
	const scanner = createSplatScanner((splat) => splats.push(splat));
	scanner.write(Buffer.from(log));
	scanner.end();
	return {
		input: { ...(JSON.parse(steps) as Pick<DiagramInput, 'steps' | 'guestMs'>), trace: parseTrace(trace), splat: splats[0] },
		golden,
	};
}

const withdraw = recorded('withdraw-volume.txt');

test('a race is drawn from its holds, the stacks of its report, and its trace', (t) => {
	t.is(`${diagramText(drawRace(withdraw.input))}\n`, withdraw.golden);
});

test('without a report the holds and the trace are drawn', (t) => {
	const text = diagramText(drawRace({ ...withdraw.input, splat: undefined }));
	t.regex(text, /^mount \(CPU 1\) +\| ondemandd \(CPU 2\)$/m);
	t.regex(text, /^__fscache_relinquish_volume +\|$/m);
	t.regex(text, /\| cachefiles_withdraw_volume$/m);
	t.notRegex(text, /KASAN/);
});

test('without a schedule the stacks are drawn: allocated, freed, used', (t) => {
	const text = diagramText(drawRace({ ...withdraw.input, steps: [], guestMs: [], trace: [] }));
	const at = (pattern: RegExp) => text.search(pattern);
	t.true(at(/allocated/) < at(/freed/));
	t.true(at(/freed/) < at(/KASAN/));
});

test('a report that tells of one task is drawn with the tasks that the trace saw last', (t) => {
	const { splat, trace } = withdraw.input;
	const stacks = splat?.stacks.filter(({ role }) => role === 'access').map((stack) => ({ ...stack, role: 'call trace' })) ?? [];
	const text = diagramText(drawRace({ steps: [], guestMs: [], trace, ...(splat && { splat: { ...splat, stacks } }) }));
	t.regex(text, /^[^\n]*\bondemandd \(CPU 2\)/, 'who met it');
	t.regex(text, /^[^\n]*\bmount\b/, 'and who was there');
	t.regex(text, /fscache_volume: V=00000001 FREE/);
	t.regex(text, /KASAN: use-after-free/);
});

test('nothing gives nothing', (t) => {
	t.is(diagramText(drawRace({ steps: [], guestMs: [], trace: [] })), '');
});

test('trace lines are read with their task, CPU and time', (t) => {
	const [event] = parseTrace('    kworker/u8:2-66      [001] ...1.    12.345678: fscache_cookie: c=00000001 GET  prog r=2\n# a comment\n');
	t.deepEqual(event, {
		task: 'kworker/u8:2',
		pid: 66,
		cpu: 1,
		seconds: 12.345678,
		name: 'fscache_cookie',
		text: 'c=00000001 GET prog r=2',
	});
});
