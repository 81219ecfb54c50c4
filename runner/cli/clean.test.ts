import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { openStore } from '../session/store.ts';
import { exists } from '../util/files.ts';
import { lock } from '../util/lock.ts';
import { parseLocks, usersOf } from './cache-users.ts';

async function setUp(t: ExecutionContext) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-clean-'));
	t.teardown(() => rm(home, { recursive: true }));
	const cache = join(home, 'fscache-crucible');
	for (const file of ['builds/linux/kasan/vmlinux', 'kernels/a1/vmlinux', 'sources/linux/Makefile']) {
		await mkdir(join(cache, dirname(file)), { recursive: true });
		await writeFile(join(cache, file), '');
	}
	const env = { NO_COLOR: '1', XDG_CACHE_HOME: home };
	const clean = (...args: string[]) => execa(join(checkout.top, 'crucible'), ['clean', ...args], { reject: false, cwd: checkout.top, env });
	return { cache, clean };
}

for (const [what, file, isShared] of [
	['builds', 'builds/linux/kasan.lock', false],
	['uses a kernel', 'kernels/.in-use/a1', true],
] as const)
	test(`while another crucible ${what}, nothing is removed, and who it is is said`, async (t) => {
		const { cache, clean } = await setUp(t);
		const held = await lock(join(cache, file), { isShared });
		for (const args of [[], ['--all']]) {
			const { exitCode, stderr, stdout } = await clean(...args);
			t.is(exitCode, 129, stderr);
			t.regex(stderr, new RegExp(`in use by process ${process.pid} `));
			t.is(stdout, '');
		}
		t.true(await exists(join(cache, 'builds/linux/kasan/vmlinux')));
		t.is((await clean('--dry-run')).exitCode, 0);
		await held[Symbol.asyncDispose]();
		t.is((await clean()).exitCode, 0);
		t.false(await exists(join(cache, 'builds')));
		t.true(await exists(join(cache, 'sources/linux/Makefile')));
	});

test('runs that are under way are in use, alone or in a folder of runs', async (t) => {
	const results = await mkdtemp(join(tmpdir(), 'crucible-clean-'));
	t.teardown(() => rm(results, { recursive: true }));
	for (const [folder, name] of [
		['.', '20261121-000000-abcdef'],
		['20261121-000000-abcdef-compare', 'new-0'],
	] as const) {
		const entry = join(results, folder === '.' ? name : folder);
		{
			await using _store = await openStore(join(results, folder), name);
			t.is((await usersOf([entry])).length, 1);
		}
		t.deepEqual(await usersOf([entry]), []);
	}
});

test('who holds a lock is told from who waits for it', (t) => {
	const text =
		'1: FLOCK  ADVISORY  WRITE 4711 fe:00:131 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 4712 fe:00:131 0 EOF\n2: POSIX  ADVISORY  READ 1 00:2a:9 0 EOF\n';
	t.deepEqual([...parseLocks(text)], [[131, 4711]]);
});

test('of results/ nothing that is in git would be removed', async (t) => {
	const { clean } = await setUp(t);
	const { stdout } = await clean('--results', '--dry-run');
	const listed = await execa('git', ['-C', checkout.top, 'ls-files', 'results'], { reject: false });
	for (const file of listed.stdout.split('\n').filter(Boolean)) t.notRegex(stdout, new RegExp(`${join(checkout.top, file)} `), file);
	t.regex(listed.stdout, /results\/README\.md/);
});
