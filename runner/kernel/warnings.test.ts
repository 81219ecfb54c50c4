import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Step } from './make-output.ts';
import { keepWarnings, mergeWarnings, newWarnings, parseWarning, warningText } from './warnings.ts';

const unused = { file: 'fs/x.c', line: 12, text: "unused variable 'i' [-Wunused-variable]" };

test('warnings of gcc and objtool are read, anything else is not', (t) => {
	t.deepEqual(parseWarning("/src/linux/fs/x.c:12:6: warning: unused variable 'i' [-Wunused-variable]", '/src/linux'), unused);
	t.deepEqual(parseWarning('fs/x.o: warning: objtool: f+0x1: unreachable instruction', '/src/linux'), {
		file: 'fs/x.o',
		text: 'objtool: f+0x1: unreachable instruction',
	});
	t.is(parseWarning("/src/linux/fs/x.c:12:6: error: 'i' undeclared", '/src/linux'), undefined);
	t.is(parseWarning("fs/x.c: In function 'f':", '/src/linux'), undefined);
});

test('a file that is compiled again says what it says now, the others what they said', (t) => {
	const other = { file: 'fs/y.c', line: 1, text: 'old' };
	const steps = [{ verb: 'CC [M]', target: 'fs/x.o' }];
	t.deepEqual(mergeWarnings([unused, other], steps, []), [other]);
	t.deepEqual(mergeWarnings([other], steps, [unused, unused]).map(warningText), [warningText(other), warningText(unused)]);
});

test('what was warned of before a make failed is known when the next one does not compile it again', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-warnings-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const file = join(dir, 'kasan.warnings.json');
	const steps: Step[] = [];
	const failing = keepWarnings(file, { tree: '/src/linux', steps }, async (onComplaint) => {
		steps.push({ verb: 'CC [M]', target: 'fs/x.o' });
		onComplaint("/src/linux/fs/x.c:12:6: warning: unused variable 'i' [-Wunused-variable]");
		onComplaint("/src/linux/fs/y.c:1:1: error: 'i' undeclared");
		throw new Error('make failed');
	});
	await t.throwsAsync(failing, { message: 'make failed' });
	t.deepEqual(await keepWarnings(file, { tree: '/src/linux', steps: [] }, async () => {}), [unused]);
});

test('a warning is new when the kernel without the series has none like it in that file, wherever its line went', (t) => {
	const moved = { ...unused, line: 20 };
	t.deepEqual(newWarnings(['fs/x.c'], [unused], [moved]), []);
	t.deepEqual(newWarnings(['fs/x.c'], [unused], [moved, unused]), [unused]);
	t.deepEqual(newWarnings(['fs/y.c'], [], [unused]), [], 'files that it does not touch are not its business');
	t.is(newWarnings(['fs/x.c'], [], [{ file: 'fs/x.o', text: 'objtool: f: unreachable instruction' }]).length, 1);
});
