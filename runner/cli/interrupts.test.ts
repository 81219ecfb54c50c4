import { EventEmitter } from 'node:events';
import test from 'ava';
import { createInterrupts } from './interrupts.ts';

test('while a debugger has the keys, Ctrl-C is its own, and a SIGTERM still ours', (t) => {
	const source = new EventEmitter();
	const interrupts = createInterrupts(source, () => {});
	{
		using _keys = interrupts.leaveKeys();
		source.emit('SIGINT', 'SIGINT');
		t.false(interrupts.drain.aborted);
		t.is(interrupts.exitCode(), undefined);
		source.emit('SIGTERM', 'SIGTERM');
		t.is(interrupts.exitCode(), 143);
	}
	source.emit('SIGINT', 'SIGINT');
	t.true(interrupts.stop.aborted);
});
