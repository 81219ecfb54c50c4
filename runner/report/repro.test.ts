import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exec } from '../util/exec.ts';
import { canonicalRun } from './canonical-run.ts';
import { toMail } from './mail.ts';
import { reproScript } from './repro.ts';

const run = canonicalRun();
const failing = run.jobs.flatMap((job) => job.cases.filter(({ status }) => status === 'FAIL').map((result) => ({ job, result })));
const [first] = failing;
if (!first) throw new Error('the canonical run has a failed case');
const job = { ...first.job, seed: 42, kernelSpec: 'debian:6.12' };

test('the script is POSIX shell, and runs the case with its kernel, config, seed and patches', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-repro-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const series = [{ name: "0001-it's.patch", text: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-$one `two`\n+END_OF_PATCH\nEND_OF_PATCH\n' }];
	await writeFile(join(dir, 'repro.sh'), reproScript(run, job, first.result, series));
	// A crucible that says what it was asked, and what it finds.
	await writeFile(join(dir, 'crucible'), '#!/bin/sh\nwhile [ $# -gt 0 ]; do echo "$1"; [ "$1" = --patch ] && cat "$2"/*; shift; done\n', {
		mode: 0o755,
	});
	const env = { CRUCIBLE: join(dir, 'crucible'), TIMES: '3' };
	const { stdout } = await exec('sh', [join(dir, 'repro.sh'), '--jobs', '1'], { env });
	const said = stdout.split('\n');
	for (const word of [`${first.result.suite}/${first.result.case}`, 'debian:6.12', '42', job.config, '3', '--jobs'])
		t.true(said.includes(word), word);
	t.true(stdout.includes(series[0]?.text ?? ''), stdout);
	t.regex(await readFile(join(dir, 'repro.sh'), 'utf8'), /^# vmlinux [0-9a-f]+$/m);
});

test('the script keeps the timeout of the run, and says when the crucible was none that a commit has', async (t) => {
	const dirty = { ...run, crucible: { version: '0', commit: '0123456789ab-dirty' } };
	const script = reproScript(dirty, { ...job, timeoutS: 30 }, first.result, []);
	t.regex(script, / --seed 42 --timeout 30 /);
	t.regex(script, /\(this was 0123456789ab with changes that are in no commit\)/);
	t.regex(script, / = 0123456789ab \] \|\|$/m);
	t.is((await exec('sh', ['-n'], { input: script })).exitCode, 0);
});

test('the mail names no path of the tester’s own', (t) => {
	const origin = 'git 0123456789abcdef0123456789abcdef01234567 of linux + fix.patch';
	const kernel = job.kernel && { ...job.kernel, origin };
	const theirs = { ...job, kernelSpec: '/home/me/linux#topic', xfstests: '/home/me/xfstests', timeoutS: 30, ...(kernel && { kernel }) };
	const mail = toMail({ ...run, jobs: [theirs] }, { tester: 'A <a@b>', patches: ['netfs: fix it'] });
	const line = /^ {4}\.\/crucible .*$/m.exec(mail)?.[0] ?? '';
	t.regex(line, /--kernel "\$\{LINUX:\?[^}]+\}#0123456789abcdef0123456789abcdef01234567" /);
	t.regex(line, / --seed 42 --timeout 30 --patch <this series>$/);
	t.notRegex(line, /\/home\/me/);
	t.notRegex(mail, /results\//);
});

test('a kernel of a repository is asked for by its commit, wherever the reader has it', async (t) => {
	const origin = 'git 0123456789abcdef0123456789abcdef01234567 of linux';
	const kernel = job.kernel && { ...job.kernel, origin };
	const script = reproScript(run, { ...job, kernelSpec: '/home/me/linux#topic', ...(kernel && { kernel }) }, first.result, []);
	t.notRegex(script, /\/home\/me/);
	t.true(script.includes('}#0123456789abcdef0123456789abcdef01234567"'));
	t.is((await exec('sh', ['-n'], { input: script })).exitCode, 0);
});

test('of a case that can be recorded the script says how, of another it does not', (t) => {
	t.regex(reproScript(run, job, { ...first.result, isRecordable: true }, []), /^# With `rr record` for `run`/m);
	const { isRecordable: _, ...other } = first.result;
	t.notRegex(reproScript(run, job, other, []), /rr record/);
});

test('where each attempt has a seed of its own, that of the one that failed is told', (t) => {
	const [attempt] = first.result.attempts.filter(({ status }) => status === 'FAIL');
	if (!attempt) return t.fail();
	const passed = { ...attempt, status: 'PASS' as const, seed: 42 };
	const result = { ...first.result, attempts: [passed, { ...attempt, seed: 43 }] };
	t.regex(reproScript(run, job, result, []), / --seed 43 /);
	const mail = toMail({ ...run, jobs: [{ ...job, cases: [result] }] }, { tester: 'A <a@b>', patches: [] });
	t.regex(mail, /^ {4}\.\/crucible run .* --seed 43\b/m);
});

test('a script that finds no crucible says what it wants', async (t) => {
	const script = reproScript(run, job, first.result, []);
	const { exitCode, stderr } = await exec('sh', ['-s'], { input: script, cwd: '/', allowFailure: true });
	t.is(exitCode, 129);
	t.regex(stderr, /set CRUCIBLE/);
});

test('the mail says what was tested, how it went, what failed with its evidence, and how to reproduce it', (t) => {
	const mail = toMail(run, { tester: 'A <a@b>', patches: ['netfs: fix it'] });
	t.regex(mail, /^I tested this patch with fscache-crucible:\n\n {2}netfs: fix it\n\n {2}FAIL: /);
	t.regex(mail, /^FAIL {2}\S+\/\S+ on /m);
	t.regex(mail, /^ {4}\.\/crucible run /m);
	t.regex(mail, /^Reported-by: A <a@b>$/m);
	t.notRegex(mail, /Tested-by/);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
	t.notRegex(mail, /[\u0000-\u0008\u001b]/);
});

test('every kernel that cannot be tested is named with its own reason, and kernels that fail alike together', (t) => {
	const stopped = (suite: string, kernelSpec: string, message: string) => ({
		...job,
		suite,
		kernelSpec,
		config: 'kasan',
		problem: { message, log: [`${message}, at length`] },
	});
	const jobs = [
		stopped('nfs', 'debian:6.12', 'does not boot'),
		stopped('nfs', 'debian:6.1', 'does not build'),
		stopped('erofs', 'debian:6.1', 'does not build'),
		stopped('nfs', 'linux#v6.6', 'does not build'),
	];
	const mail = toMail({ ...run, jobs }, { tester: 'A <a@b>', patches: [] });
	t.deepEqual(mail.match(/^.*(?:cannot be tested|at length).*$/gm), [
		'debian:6.12 kasan cannot be tested: does not boot',
		'  does not boot, at length',
		'debian:6.1 kasan and linux#v6.6 kasan cannot be tested: does not build',
		'  does not build, at length',
	]);
});

test('a run that passed is a Tested-by', (t) => {
	const jobs = run.jobs
		.map((one) => ({ ...one, cases: one.cases.filter(({ status }) => status === 'PASS') }))
		.filter(({ cases }) => cases.length > 0);
	const counts = { ...run.counts, FAIL: 0, ERROR: 0, MISS: 0, INCONCLUSIVE: 0, XFAIL: 0, SKIP: 0 };
	const mail = toMail(
		{ ...run, jobs: jobs.map(({ problem, ...one }) => one), counts, verdict: 'PASS' },
		{ tester: 'A <a@b>', patches: [] },
	);
	t.regex(mail, /^Tested with fscache-crucible:\n\n {2}PASS: /);
	t.regex(mail, /\nTested-by: A <a@b>\n$/);
});
