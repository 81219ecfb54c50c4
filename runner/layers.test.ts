/** Holds the layers: a folder under runner/ imports itself and folders named before it only; a few things happen in one place only. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from './config/paths.ts';

const order = [
	'util',
	'model',
	'stats',
	'config',
	'kernel',
	'image',
	'vm',
	'parse',
	'fault',
	'race',
	'xfstests',
	'suite',
	'bisect',
	'session',
	'report',
	'bench',
	'cli',
	'integration',
];
/** report/ renders model/ and knows nothing of how a run came about. */
const reportMayImport = ['util', 'model', 'config', 'report'];

async function sources(): Promise<{ path: string; folder: string; text: string }[]> {
	const entries = await readdir(join(checkout.top, 'runner'), { recursive: true });
	const files = entries.filter((entry) => entry.endsWith('.ts') && !entry.endsWith('.test.ts') && entry.includes('/'));
	return Promise.all(
		files.map(async (path) => ({
			path,
			folder: path.split('/')[0] ?? '',
			text: await readFile(join(checkout.top, 'runner', path), 'utf8'),
		})),
	);
}

test('every folder under runner/ imports itself and folders before it only', async (t) => {
	const wrong: string[] = [];
	for (const { path, folder, text } of await sources()) {
		t.true(order.includes(folder), `${folder} is not a layer`);
		for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
			const target = join(path, '..', specifier).split('/')[0] ?? '';
			const isBefore = order.indexOf(target) <= order.indexOf(folder);
			if (!isBefore || (folder === 'report' && !reportMayImport.includes(target))) wrong.push(`${path} imports ${specifier}`);
		}
	}
	t.deepEqual(wrong, []);
});

const places = [
	{ what: /process\.exit\(/, only: ['cli/main.ts'] },
	{ what: /process\.env\b/, only: ['config/settings.ts'] },
	{ what: /(?<![.\w])console\.(?:log|error|warn|info|debug)\(/, only: ['report/terminal.ts'] },
	{
		what: /from 'execa'/,
		only: ['util/exec.ts', 'util/lock.ts', 'util/janitor.ts', 'integration/crucible.ts', 'integration/interrupted-run.ts'],
	},
	{ what: /from 'zx'|import\('zx'\)/, only: ['image/steps.ts'] },
];

for (const { what, only } of places) {
	test(`${what} occurs in ${only.join(', ')} only`, async (t) => {
		const found = (await sources()).filter(({ text }) => what.test(text)).map(({ path }) => path);
		t.deepEqual(
			found.filter((path) => !only.includes(path)),
			[],
		);
	});
}
