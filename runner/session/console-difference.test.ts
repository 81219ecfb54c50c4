import test from 'ava';
import { consoleDifference } from './console-difference.ts';

const difference = (recorded: string, replayed: string) => consoleDifference(Buffer.from(recorded), Buffer.from(replayed));

test('the same bytes do not differ', (t) => {
	t.is(difference('[ 1.000001] a\r\n', '[ 1.000001] a\r\n'), undefined);
});

test('the first line that differs is told, and a microsecond is enough', (t) => {
	t.deepEqual(difference('[ 1.000001] a\n[ 1.000002] b\n', '[ 1.000001] a\n[ 1.000003] b\n'), {
		line: 2,
		recorded: '[ 1.000002] b',
		replayed: '[ 1.000003] b',
	});
});

test('a console that ends sooner has nothing there', (t) => {
	t.deepEqual(difference('a\nb', 'a'), { line: 2, recorded: 'b', replayed: undefined });
	t.deepEqual(difference('a', 'a\n'), { line: 2, recorded: undefined, replayed: '' });
});
