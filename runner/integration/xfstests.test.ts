/** A user's xfstests checkout as cases, with a stand-in of ours that has the layout, the files and the lines of the real one. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { crucible, outline, resultsOf, runJson } from './crucible.ts';

const tree = join(checkout.top, 'runner/integration/testdata/xfstests');

test.serial(
	'each test is a case that passes, fails, skips and splats by itself, on both stacks, and the checkout is not touched',
	async (t) => {
		const before = await readdir(tree, { recursive: true });
		const dir = await mkdtemp(join(tmpdir(), 'crucible-xfstests-'));
		t.teardown(() => rm(dir, { recursive: true, force: true }));
		await writeFile(join(dir, 'exclude'), 'shared/001 # waits for a fix\n');
		const cases = ['nfs.generic-001', '9p.generic-002', '9p.generic-003', '9p.generic-004', '9p.generic-006', '9p.shared-001'];
		const named = cases.map((name) => `xfstests/${name}`);
		const options = ['--xfstests', tree, '-E', join(dir, 'exclude'), '--reruns', '0'];
		const { run, exitCode } = await runJson([...named, ...options]);
		t.is(exitCode, 1, outline(run));
		t.deepEqual(await readdir(tree, { recursive: true }), before);
		const results = resultsOf(run);
		const of = (name: string) => {
			const result = results.get(`xfstests/${name}`);
			if (!result) throw new Error(`${name} did not run:\n${outline(run)}`);
			return { ...result, first: result.attempts[0], seen: `${result.status}: ${result.reason ?? ''}` };
		};

		const passed = of('nfs.generic-001');
		t.is(passed.status, 'PASS', outline(run));
		t.true(
			Number(passed.first?.measured.cache_writes) > 0 && Number(passed.first?.measured.cache_reads) > 0,
			'the second read is from the cache',
		);
		const log = await readFile(join(checkout.results, run.id, passed.first?.dir ?? '', 'agent.log'), 'utf8');
		t.regex(log, /^filled 1024 KiB$/m, 'what a test writes to its .full is kept');
		t.notRegex(log, /not found/);
		t.regex(passed.reproduce, /^\.\/crucible run xfstests\/nfs\.generic-001 --xfstests \S+\/testdata\/xfstests --kernel /);

		t.is(of('9p.generic-002').seen, 'FAIL: not ok: generic/002', outline(run));
		t.regex(of('9p.generic-002').first?.assertions[0]?.detail ?? '', /-other content\n\+content$/m, 'the difference is shown');
		t.is(of('9p.generic-003').seen, 'SKIP: this test requires a quantum number of disks', outline(run));
		t.is(of('9p.generic-004').seen, 'FAIL: WARNING in standin_warns', outline(run));
		t.deepEqual(
			of('9p.generic-004').first?.assertions.map(({ status }) => status),
			['PASS'],
			'what is in the kernel’s log is for the runner to judge',
		);
		t.is(of('9p.generic-006').seen, 'INCONCLUSIVE: evidence: cache_lookups > 0, measured 0', outline(run));
		t.is(of('9p.shared-001').seen, 'SKIP: waits for a fix', outline(run));
		t.is(of('9p.shared-001').attempts.length, 0, 'no guest for what is excluded');
	},
);

test.serial('a tree that does not build is untestable, with the compiler’s lines, before any kernel is', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-xfstests-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	await writeFile(join(dir, 'check'), '');
	await writeFile(join(dir, 'Makefile'), 'all:\n\tgcc -c broken.c\n');
	await writeFile(join(dir, 'broken.c'), 'int main(void) { return nothing; }\n');
	await mkdir(join(dir, 'tests/generic'), { recursive: true });
	await writeFile(join(dir, 'tests/generic/001'), '_begin_fstest quick\n');
	const { exitCode, stderr } = await crucible(['run', 'xfstests', '--xfstests', dir]);
	t.is(exitCode, 125, stderr);
	t.regex(stderr, /xfstests does not build: .*\n.* {2}broken\.c:1:\d+: error: 'nothing' undeclared/s);
});
