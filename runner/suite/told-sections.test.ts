import test from 'ava';
import { parseToldSections } from './told-sections.ts';

test('sections of modules are read off the console, and the last load of a module counts', (t) => {
	const found = parseToldSections(
		[
			'[    6.214302][  T118] crucible: sections of netfs: .text=0xffffffffa0000000 .text.unlikely=0xffffffffa0020000 .data=0xffffffffa0012340',
			'[    6.500000][  T120] crucible: sections of planted: .text=0xffffffffa0100000',
			'[    7.500000][  T125] crucible: sections of planted: .text=0xffffffffa0200000\r',
		].join('\r\n'),
	);
	t.deepEqual(Object.fromEntries(found), {
		netfs: { '.text': '0xffffffffa0000000', '.text.unlikely': '0xffffffffa0020000', '.data': '0xffffffffa0012340' },
		planted: { '.text': '0xffffffffa0200000' },
	});
});
