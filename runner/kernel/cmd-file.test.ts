import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { madeFrom, parseCmd, readCmd } from './cmd-file.ts';

/** As kbuild writes it; `flags` are in the command. */
function cmdOf(target: string, source: string, headers: readonly string[], flags = '', prefix = 'savedcmd_'): string {
	return `${prefix}${target} := gcc -Wp,-MMD,x.d -D__KERNEL__ ${flags} -DKBUILD_BASENAME='"x"' -c -o ${target} ${source} ; ./tools/objtool/objtool ${target}

source_${target} := ${source}

deps_${target} := \\
    $(wildcard include/config/COMPAT) \\
${headers.map((header) => `  ${header} \\\n    $(wildcard include/config/X_${header.length}) \\\n`).join('')}  include/generated/bounds.h \\

${target}: $(deps_${target})

$(deps_${target}):

${target}: $(wildcard ./tools/objtool/objtool)
`;
}

test('a .cmd file says what was made from what, and for whom', (t) => {
	const made = parseCmd(cmdOf('fs/open.o', '/src/fs/open.c', ['/src/include/linux/fs.h']));
	t.is(made?.target, 'fs/open.o');
	t.false(made?.isForModule);
	t.deepEqual([...(made?.inputs ?? [])], ['/src/fs/open.c', '/src/include/linux/fs.h', 'include/generated/bounds.h']);
	t.true(made?.symbols.has('COMPAT'));
	t.true(parseCmd(cmdOf('fs/x/x.o', '/src/fs/x/x.c', [], ' -DMODULE '))?.isForModule);
	t.true(parseCmd(cmdOf('fs/x/x.o', '/src/fs/x/x.c', [], ' -DMODULE ', 'cmd_'))?.isForModule, 'up to 6.2');
	t.false(parseCmd(cmdOf('fs/x.o', '/src/fs/x.c', [], '-DKBUILD_MODNAME=\'"DMODULE"\''))?.isForModule);
	t.is(parseCmd('# cannot find fixdep'), undefined);
});

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const home = await realpath(await mkdtemp(join(tmpdir(), 'crucible-cmd-')));
	t.teardown(() => rm(home, { recursive: true }));
	const [tree, output] = [join(home, 'linux'), join(home, 'out')];
	await mkdir(tree);
	const write = async (file: string, text: string) => {
		await mkdir(dirname(join(output, file)), { recursive: true });
		await writeFile(join(output, file), text);
	};
	return { home, tree, output, write };
}

test('what includes a header by a way around is made from it', async (t) => {
	const { tree, output, write } = await setUp(t);
	await write('fs/a/.x.o.cmd', cmdOf('fs/a/x.o', join(tree, 'fs/a/x.c'), [`${tree}/fs/a/../common/y.h`]));
	const made = await madeFrom(['fs/common/y.h'], { tree, output });
	t.deepEqual(
		made.get('fs/common/y.h')?.map(({ cmdFile }) => join(cmdFile)),
		['fs/a/.x.o.cmd'],
	);
});

test('what is made from a file is found, whoever asks by whatever path to the tree', async (t) => {
	const { home, tree, output, write } = await setUp(t);
	const header = join(tree, 'include/linux/netfs.h');
	await write('fs/x/.x.o.cmd', cmdOf('fs/x/x.o', join(tree, 'fs/x/x.c'), [header], ' -DMODULE '));
	await write('kernel/.sysctl.o.cmd', cmdOf('kernel/sysctl.o', join(tree, 'kernel/sysctl.c'), [`${header}.orig`, header]));
	await write('fs/.other.o.cmd', cmdOf('fs/other.o', join(tree, 'fs/other.c'), [`${header}.orig`, '/elsewhere/include/linux/netfs.h']));
	await write('fs/notes.txt', header);
	await symlink(tree, join(home, 'link'));
	for (const asked of [tree, join(home, 'link')]) {
		const made = await madeFrom(['include/linux/netfs.h', 'fs/x/x.c', 'fs/none.c'], { tree: asked, output });
		const found = made.get('include/linux/netfs.h')?.map(({ target, isForModule }) => `${target} ${isForModule}`);
		t.deepEqual(found?.sort(), ['fs/x/x.o true', 'kernel/sysctl.o false']);
		t.deepEqual(
			made.get('fs/x/x.c')?.map(({ target }) => target),
			['fs/x/x.o'],
		);
		t.deepEqual(made.get('fs/none.c'), []);
	}
	t.is((await readCmd(output, 'kernel/sysctl.o'))?.target, 'kernel/sysctl.o');
	t.is(await readCmd(output, 'kernel/none.o'), undefined);
});

test('what names a file in a way we do not understand counts as built in', async (t) => {
	const { tree, output, write } = await setUp(t);
	await write('.strange.cmd', `something odd about ${join(tree, 'fs/x.c')}`);
	const made = await madeFrom(['fs/x.c'], { tree, output });
	t.deepEqual(
		made.get('fs/x.c')?.map(({ isForModule }) => isForModule),
		[false],
	);
});
