import test from 'ava';
import type { Splat } from '../model/run.ts';
import { tellingFrames } from './generic-frames.ts';
import { createSplatScanner, findSplats } from './splat.ts';
import { readFixtures } from './splat-fixtures.ts';

const bytesOf = (log: string) => Buffer.from(log, 'latin1');

const readers: Record<string, (splat: Splat) => string> = {
	KIND: (splat) => splat.kind,
	FRAME0: (splat) => tellingFrames(splat.stacks[0]?.frames ?? [])[0]?.function ?? '(none)',
	STACKS: (splat) => splat.stacks.map((stack) => stack.role).join(', '),
	NOTE: (splat) => splat.stacks[0]?.note ?? '(none)',
	TASK: (splat) => `${splat.task?.comm}/${splat.task?.pid}`,
	CPU: (splat) => String(splat.cpu),
	TIME: (splat) => String(splat.guestTime),
	FAILURE: (splat) => (splat.isFailure ? 'yes' : 'no'),
};

for (const fixture of readFixtures()) {
	test(`${fixture.name} is read as its header says`, (t) => {
		const splats = findSplats(bytesOf(fixture.log));
		t.deepEqual(
			splats.map((splat) => splat.title),
			fixture.expected.map((expected) => expected.title),
		);
		fixture.expected.forEach(({ fields }, index) => {
			const splat = splats[index];
			if (!splat) return;
			t.regex(splat.fingerprint, /^[0-9a-f]{12}$/);
			for (const [key, value] of fields) {
				if (key === 'HAS') t.true(splat.text.includes(value), `${value}\nis not in\n${splat.text}`);
				else if (key === 'LACKS') t.false(splat.text.includes(value), `${value}\nis in\n${splat.text}`);
				else if (key !== 'ORIGIN') t.is(readers[key]?.(splat), value, key);
			}
		});
	});

	test(`${fixture.name} is read alike wherever it is split`, (t) => {
		const bytes = bytesOf(fixture.log);
		const whole = findSplats(bytes);
		for (const step of [1, 7, 61, 1000]) {
			const splats: Splat[] = [];
			const scanner = createSplatScanner((splat) => splats.push(splat));
			for (let at = 0; at < bytes.length; at += step) scanner.write(bytes.subarray(at, at + step));
			scanner.end();
			t.deepEqual(splats, whole, `in pieces of ${step} bytes`);
		}
	});

	for (const [what, change] of Object.entries({
		'with CRLF': (line: string) => `${line.replace(/\r+$/, '')}\r`,
		'with ^M': (line: string) => `${line.replace(/(?:\^M|\r)+$/, '')}^M`,
		'quoted in a mail': (line: string) => `> ${line}`,
		'quoted twice': (line: string) => `> > ${line}`,
		'with levels': (line: string) => (/^\[ *\d+\.\d{6}\]/.test(line) ? `<4>${line}` : line),
		'from syslog': (line: string) => (/^\[ *\d+\.\d{6}\]/.test(line) ? `Nov 21 01:00:00 host kernel: ${line}` : line),
		'with a printk caller': (line: string) => line.replace(/(\[ *\d+\.\d{6}\]) /, '$1[   T77] '),
		'without its printk caller': (line: string) => line.replace(/^(\[ *\d+\.\d{6}\])\[ *[CT]\d+\] /, '$1 '),
	})) {
		// With one caller for all, or none, two reports that interleave cannot be told apart.
		if (what.includes('printk caller') && fixture.name.startsWith('callers-')) continue;
		test(`${fixture.name} is read alike ${what}`, (t) => {
			const changed = fixture.log.split('\n').map(change).join('\n');
			t.deepEqual(
				findSplats(bytesOf(changed)).map(({ text, ...rest }) => ({ ...rest, lines: text.split('\n').length })),
				findSplats(bytesOf(fixture.log)).map(({ text, ...rest }) => ({ ...rest, lines: text.split('\n').length })),
			);
		});
	}
}
