import test from 'ava';
import { hunksOf, nearestContext } from './nearest-context.ts';

const diff = [
	'--- a/fs/a.c',
	'+++ b/fs/a.c',
	'@@ -1,2 +1,2 @@',
	' one',
	'-two',
	'+TWO',
	'@@ -10,3 +10,3 @@ void f(void)',
	' ten',
	'-eleven',
	'+ELEVEN',
	' twelve',
	'--- a/fs/b.c',
	'+++ b/fs/b.c',
	'@@ -1 +1 @@',
	'-alpha',
	'+ALPHA',
].join('\n');

test('the hunks of a file are those of no other', (t) => {
	t.deepEqual(hunksOf(diff, 'fs/a.c'), [
		{ at: 1, expects: ['one', 'two'] },
		{ at: 10, expects: ['ten', 'eleven', 'twelve'] },
	]);
	t.deepEqual(hunksOf(diff, 'fs/b.c'), [{ at: 1, expects: ['alpha'] }]);
});

test('the place that is most like the hunk is shown, line against line', (t) => {
	const file = ['zero', 'ten', 'x', 'y', 'ten', '11', 'twelve', 'z'].join('\n');
	t.deepEqual(nearestContext(file, { at: 10, expects: ['ten', 'eleven', 'twelve'] }, 'fs/a.c'), [
		'nearest is fs/a.c:5, where 2 of 3 lines fit (- the patch, + the file):',
		'     5   ten',
		'       - eleven',
		'     6 + 11',
		'     7   twelve',
	]);
});

test('of two places as good, the nearer one to the line the hunk names', (t) => {
	const file = ['a', 'ten', '', '', '', 'ten', 'b'].join('\n');
	t.regex(nearestContext(file, { at: 7, expects: ['ten', 'eleven'] }, 'fs/a.c')[0] ?? '', /fs\/a\.c:6/);
});

test('a file with nothing like it says so', (t) => {
	t.deepEqual(nearestContext('q\n', { at: 1, expects: ['ten'] }, 'fs/a.c'), ['nothing in fs/a.c is like what the hunk expects']);
});
