import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { compileProgram, parseRules } from './program.ts';

async function folder(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'crucible-program-'));
	t.teardown(() => rm(path, { recursive: true }));
	return path;
}

test('the same sources give the same bytes in another folder, and a changed header gives another program', async (t) => {
	const top = await folder(t);
	const source = '#include <assert.h>\n#include "code.h"\nint main(int argc, char **argv) { assert(argv[argc] == 0); return CODE; }\n';
	for (const name of ['one', 'two']) {
		await mkdir(join(top, name));
		await writeFile(join(top, name, 'main.c'), source);
		await writeFile(join(top, name, 'code.h'), '#define CODE 7\n');
	}
	const one = await compileProgram([join(top, 'one/main.c')], 'seven', join(top, 'cache-one'));
	const two = await compileProgram([join(top, 'two/main.c')], 'seven', join(top, 'cache-two'));
	t.true((await readFile(one)).equals(await readFile(two)));
	t.is((await exec(one, [], { allowFailure: true })).exitCode, 7);
	await writeFile(join(top, 'one/code.h'), '#define CODE 8\n');
	const changed = await compileProgram([join(top, 'one/main.c')], 'seven', join(top, 'cache-one'));
	t.not(changed, one);
	t.is((await exec(changed, [], { allowFailure: true })).exitCode, 8);
});

test.serial('a source that is saved while it is compiled is compiled again, and never kept as what it was before', async (t) => {
	const top = await folder(t);
	const [source, cache] = [join(top, 'main.c'), join(top, 'cache')];
	const before = 'int main(void) { return 7; }\n';
	await writeFile(source, before);
	// A gcc that is so slow that somebody saves before it reads, once.
	const gcc = `#!/bin/sh
		case "$*" in *-MM*|*--version*) ;; *) [ -e ${top}/saved ] || { sed -i s/7/9/ ${source}; touch ${top}/saved; } ;; esac
		exec /usr/bin/gcc "$@"`;
	await writeFile(join(top, 'gcc'), gcc, { mode: 0o755 });
	const path = process.env.PATH;
	process.env.PATH = `${top}:${path}`;
	t.teardown(() => {
		process.env.PATH = path;
	});
	const returns = async (program: string) => (await exec(program, [], { allowFailure: true })).exitCode;
	const saved = await compileProgram([source], 'number', cache);
	t.is(await returns(saved), 9);
	await writeFile(source, before);
	t.is(await returns(await compileProgram([source], 'number', cache)), 7);
	t.is((await readdir(join(cache, 'programs'))).length, 2);
});

test("a warning is an error with the compiler's place and lines", async (t) => {
	const top = await folder(t);
	const source = join(top, 'main.c');
	await writeFile(source, 'int main(void)\n{\n\tint unused;\n\treturn 0;\n}\n');
	const error = await t.throwsAsync(compileProgram([source], 'bad', join(top, 'cache')), { instanceOf: UserError });
	t.deepEqual(error?.at, { file: source, line: 3, column: 13 });
	t.regex(error?.message ?? '', /^cannot compile bad\n(?:.*\n)*.*main\.c:3:13: error: unused variable/);
});

test('a header that is not there is named', async (t) => {
	const top = await folder(t);
	const source = join(top, 'main.c');
	await writeFile(source, '#include "absent.h"\nint main(void) { return 0; }\n');
	const error = await t.throwsAsync(compileProgram([source], 'bad', join(top, 'cache')), {
		instanceOf: UserError,
		message: /absent\.h: No such file/,
	});
	t.is(error?.at?.line, 1);
});

test('make rules are read over continued lines and escaped blanks', (t) => {
	t.deepEqual(parseRules('a.o: /x/a.c \\\n /x/with\\ blank.h\nb.o: /x/b.c\n'), ['/x/a.c', '/x/with blank.h', '/x/b.c']);
});
