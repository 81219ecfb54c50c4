import test from 'ava';
import { errorLines, firstError, isHostFailure, parseStep } from './make-output.ts';

test('steps are read with their verbs and targets, other lines are not steps', (t) => {
	t.deepEqual(parseStep('  CC [M]  fs/cachefiles/volume.o'), { verb: 'CC [M]', target: 'fs/cachefiles/volume.o' });
	t.deepEqual(parseStep('  AR      fs/built-in.a'), { verb: 'AR', target: 'fs/built-in.a' });
	t.is(parseStep("make[1]: Entering directory '/x'"), undefined);
	t.is(parseStep('fs/x.c:1:1: warning: CC is not a step'), undefined);
});

const failed = [
	'fs/ext4/inode.c:1:1: warning: unused variable',
	'    1 | int x;',
	'In file included from fs/cachefiles/volume.c:8:',
	"fs/cachefiles/volume.c: In function 'cachefiles_acquire_volume':",
	"fs/cachefiles/volume.c:20:2: error: 'nonsense' undeclared (first use in this function)",
	'   20 |  nonsense;',
	'      |  ^~~~~~~~',
	'fs/cachefiles/volume.c:20:2: note: each undeclared identifier is reported only once',
	'make[5]: *** [/t/scripts/Makefile.build:229: fs/cachefiles/volume.o] Error 1',
	'make[5]: *** Waiting for unfinished jobs....',
	'make[4]: *** [/t/scripts/Makefile.build:478: fs/cachefiles] Error 2',
];

test("the compiler's lines are kept, warnings and make's are not", (t) => {
	const lines = errorLines(failed);
	t.deepEqual(lines, failed.slice(2, 8));
	t.is(firstError(lines), failed[4]);
});

test('a missing symbol of a module is an error', (t) => {
	const lines = errorLines(['ERROR: modpost: "nonsense" [fs/cachefiles/cachefiles.ko] undefined!', 'make[3]: *** [x] Error 1']);
	t.deepEqual(lines, ['ERROR: modpost: "nonsense" [fs/cachefiles/cachefiles.ko] undefined!']);
});

test('without a known error the last lines are given', (t) => {
	t.deepEqual(errorLines(['one', '', 'two'], 1), ['two']);
});

test('a full disk and a compiler killed for memory are not the fault of the kernel', (t) => {
	t.true(isHostFailure(['/tmp/x.s: Assembler messages:', 'fatal error: error writing to x.o: No space left on device']));
	t.true(isHostFailure(['gcc: fatal error: Killed signal terminated program cc1']));
	t.false(isHostFailure(failed));
});
