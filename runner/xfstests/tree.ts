/** An xfstests tree as the user has it: read, never written. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import { parseBegin, parseGroupFile } from './groups.ts';

export interface TreeTest {
	/** `generic/001` */
	readonly name: string;
	/** `generic` */
	readonly folder: string;
	readonly groups: readonly string[];
}

export interface XfstestsTree {
	/** Absolute. */
	readonly dir: string;
	/** In the order in which xfstests runs them. */
	readonly tests: readonly TreeTest[];
}

// "001", "1234", "018-long-name" (VALID_TEST_NAME of xfstests' common/test_names)
const testName = /^\d{3,4}(?:-[A-Za-z0-9-]+)?$/;

/** Reads which tests there are and their groups. A folder that is no xfstests tree is a UserError. */
export async function readTree(dir: string): Promise<XfstestsTree> {
	const hint = 'git clone https://git.kernel.org/pub/scm/fs/xfs/xfstests-dev.git, and give its folder';
	if (!(await exists(dir))) throw new UserError(`--xfstests: there is no ${dir}`, { hint });
	for (const part of ['check', 'tests', 'Makefile'])
		if (!(await exists(join(dir, part)))) throw new UserError(`--xfstests: ${dir} is no xfstests tree: it has no ${part}`, { hint });
	const folders = (await readdir(join(dir, 'tests'), { withFileTypes: true })).filter((entry) => entry.isDirectory());
	const tests = await Promise.all(folders.map(({ name }) => readFolder(dir, name)));
	if (tests.flat().length === 0) throw new UserError(`--xfstests: ${dir} is no xfstests tree: tests/ has no test`, { hint });
	return { dir, tests: tests.flat().sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

async function readFolder(dir: string, folder: string): Promise<TreeTest[]> {
	const path = join(dir, 'tests', folder);
	const names = (await readdir(path)).filter((name) => testName.test(name));
	// group.list is made by a build, and may be older than the tests; `group` is of trees before 2021.
	const files = await Promise.all(['group.list', 'group'].map((file) => readFile(join(path, file), 'utf8').catch(() => '')));
	const listed = parseGroupFile(files.find((text) => text !== '') ?? '');
	const tests = await Promise.all(
		names.map(async (name) => {
			if (!(await stat(join(path, name))).isFile()) return undefined;
			const groups = parseBegin(await readFile(join(path, name), 'utf8')) ?? listed.get(name) ?? [];
			return { name: `${folder}/${name}`, folder, groups };
		}),
	);
	return tests.filter((test) => test !== undefined);
}
