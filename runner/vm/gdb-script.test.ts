import test from 'ava';
import { gdbScript } from './gdb-script.ts';

test('gdb is told of each module, of every section of it, once it is connected', (t) => {
	const script = gdbScript({
		socket: '/tmp/s/gdb',
		modules: [{ path: '/r/a "b"/netfs.ko', sections: { '.text': '0xffffffffa0000000', '.data': '0xffffffffa0012340' } }],
		greeting: [],
	});
	t.true(
		script.includes('target remote /tmp/s/gdb\nadd-symbol-file "/r/a \\"b\\"/netfs.ko" 0xffffffffa0000000 -s .data 0xffffffffa0012340\n'),
	);
});

test('a module whose code is nowhere is left out', (t) => {
	t.false(gdbScript({ socket: '/s', modules: [{ path: '/r/a.ko', sections: {} }], greeting: [] }).includes('add-symbol-file'));
});

test('a greeting is a line of text, whatever is in it', (t) => {
	const script = gdbScript({ socket: '/s', modules: [], greeting: ['KASAN\nshell rm \\x \u001b[31m'] });
	t.true(script.endsWith('echo KASAN?shell rm \\\\x ?[31m\\n\n'));
});
