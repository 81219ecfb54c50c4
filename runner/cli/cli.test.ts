/** The command line as a user meets it: the launcher is spawned, nothing is called from inside. */

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';

const crucible = (args: readonly string[], options: { env?: Record<string, string>; input?: string } = {}) =>
	execa(join(checkout.top, 'crucible'), args, {
		reject: false,
		cwd: checkout.top,
		input: options.input ?? '',
		env: { NO_COLOR: '1', ...options.env },
	});

test('a kernel is meant from where the user stands, whatever PWD says, and npm names that place', async (t) => {
	const watch = (env: Record<string, string | undefined>) =>
		execa(join(checkout.top, 'crucible'), ['watch', '--kernel', 'linux#v6.12'], { reject: false, cwd: checkout.suites, env });
	const there = await watch({ PWD: '/elsewhere', INIT_CWD: undefined });
	t.true(there.stderr.includes(`--kernel ${join(checkout.suites, 'linux')}`), there.stderr);
	const byNpm = await watch({ PWD: '/elsewhere', INIT_CWD: '/home/me' });
	t.true(byNpm.stderr.includes('--kernel /home/me/linux'), byNpm.stderr);
});

const bad: [string, string[], RegExp][] = [
	['an unknown command', ['rum'], /unknown command 'rum'[\s\S]*Did you mean run/],
	['an unknown option', ['run', '--kernle', 'x'], /unknown option '--kernle'/],
	['an unknown suite', ['run', 'nfs-fcs', '--dry-run'], /no suite or case matches "nfs-fcs"[\s\S]*hint: did you mean nfs-fsc/],
	['an unknown tag', ['list', '--tag', 'smokee'], /no suite has the tag "smokee"[\s\S]*hint: did you mean smoke/],
	['a kernel that is no source', ['build', '--kernel', '/nonexistent/linux'], /\/nonexistent\/linux/],
	['a Debian kernel that does not exist', ['build', '--kernel', 'debian:9.99'], /9\.99/],
	['an unknown config', ['build', '--config', 'kasam'], /kasam[\s\S]*hint: .*kasan/],
	['an accelerator that is none', ['run', '--accel', 'hvf'], /hvf/],
	['jobs that are no number', ['run', '--jobs', 'many'], /many/],
	['a log that is not there', ['decode', '/nonexistent/log'], /\/nonexistent\/log: cannot read: ENOENT/],
	[
		'a race to record',
		['rr', 'record', 'race-erofs/withdraw-volume'],
		/race-erofs\/withdraw-volume cannot be recorded: its race holds CPUs from outside/,
	],
	['a suite to record', ['rr', 'record', 'planted'], /"planted" is \d+ cases[\s\S]*hint: a recording is of one: suite\/case/],
	['a recording that is not there', ['rr', 'replay', 'zzzz'], /zzzz|there is no recording yet/],
	['a run that is not there', ['report', 'zzzz'], /zzzz|there is no run yet/],
	['a patch that is not one', ['run', '--patch', 'README.md', '--dry-run'], /README\.md/],
	['a patch that is not there', ['run', '--patch', '/nonexistent.patch', '--dry-run'], /nonexistent\.patch/],
	[
		'a kernel that no save changes',
		['watch', '--kernel', 'debian:6.12'],
		/debian:6\.12 does not change[\s\S]*hint: .*watch --kernel ~\/linux/,
	],
	['a ref to watch', ['watch', '--kernel', 'linux#v6.12'], /hint: .*watch --kernel \S*linux$/m],
	['an unknown benchmark', ['bench', 'clones'], /no benchmark "clones"[\s\S]*hint: did you mean clone/],
	['a peer that is none', ['bench', '--peer', 'virtme=x'], /not a peer: "virtme=x"[\s\S]*hint: did you mean virtme-ng/],
	['a range that is none', ['run', '--range', 'v6.12', '--dry-run'], /"v6\.12" is no range[\s\S]*hint: write --range v6\.12\.\.my-branch/],
	['a range of what is no git tree', ['run', '--range', 'a..b', '--dry-run'], /debian:6\.12 is no git tree[\s\S]*hint: --kernel/],
	['a comparison with itself', ['compare'], /nothing to compare[\s\S]*hint: give --patch/],
	['a threshold that is no probability', ['compare', '--threshold', '5'], /not a number between 0 and 1/],
	['a base that is nothing', ['compare', '--base', 'v6.99'], /"v6\.99" is neither a stored run nor a kernel/],
	...['--times=9', '--tag=smoke', '--timeout=9', '--kernel=debian:6.1', '--no-templates', '--patch=README.md', '--xfstests=/x'].map(
		(flag): [string, string[], RegExp] => [
			`${flag} for two stored runs`,
			['compare', '--base', '20260101-0000', '--head', 'latest', flag],
			new RegExp(`${flag.split('=')[0]} would do nothing: --base and --head are stored runs[\\s\\S]*hint: `),
		],
	),
	[
		'a patch on a stored run',
		['compare', '--head', 'latest', '--patch', 'README.md'],
		/--patch would do nothing: --head is a stored run[\s\S]*hint: leave --head out/,
	],
	['a sweep of nothing', ['run', 'race-erofs/withdraw-volume', '--sweep', 'a b', '--dry-run'], /--sweep "a b" is not/],
	[
		'a sweep without a race',
		['run', 'erofs-ondemand/partial', '--sweep', 'f', '--dry-run'],
		/erofs-ondemand\/partial has no race to sweep/,
	],
	['a plan of every commit', ['run', '--each', '--dry-run'], /--each [\s\S]*--dry-run[\s\S]*hint: leave --dry-run away/],
	['a sweep of every commit', ['run', '--each', '--sweep', 'f'], /--each [\s\S]*--sweep/],
	['commits until one fails', ['run', '--each', '--fail-fast'], /--each [\s\S]*--fail-fast/],
	['events of every commit', ['run', '--each', '--events'], /--each [\s\S]*--events/],
	['commits to go on with', ['run', '--each', '--resume'], /--each [\s\S]*--resume/],
	['a bisection without a case', ['bisect', '--good', 'a', '--bad', 'b'], /--case is missing[\s\S]*hint:/],
	['a bisection of nothing', ['bisect', '--case', 'nfs-fsc/v42-remount'], /nothing to bisect[\s\S]*hint: give --good and --bad/],
	['a bisection by several cases', ['bisect', '--case', 'nfs-fsc/*', '--good', 'a', '--bad', 'b'], /and one must tell[\s\S]*hint:/],
	[
		'a bisection of what is no git tree',
		['bisect', '--case', 'nfs-fsc/v42-remount', '--good', 'a', '--bad', 'b'],
		/debian:6\.12 is no git tree/,
	],
	[
		'one configuration of two',
		['bisect', '--case', 'nfs-fsc/v42-remount', '--config-good', 'plain'],
		/--config-bad is missing[\s\S]*hint:/,
	],
	['a sign that is no expression', ['bisect', '--case', 'nfs-fsc/v42-remount', '--sign', '(', '--patch', 'x'], /--sign \(: /],
	['a soak without an end', ['soak', 'planted/pass'], /--for is missing[\s\S]*hint: .*soak --for 8h/],
	['a time that is none', ['soak', '--for', '8 hours'], /not a time such as 8h/],
	['a bound that is none', ['soak', '--for', '8h', '--keep', '2'], /not a size such as 500M/],
	['a chain over two suites', ['run', 'planted/pass', 'nfs-fsc/v42-tails', '--chain', '--dry-run'], /a chain is of one suite[\s\S]*hint:/],
	['a chain of a wildcard', ['run', 'planted/*', '--chain', '--dry-run'], /a chain names each of its cases, and "planted\/\*" is none/],
	['a chain of two clocks', ['run', 'planted/pass', 'planted/sleep', '--chain', '--dry-run'], /these cases share no guest/],
	[
		'a fault that needs the case',
		['run', 'planted/pass', '--under', 'net-cut,device=lo', '--dry-run'],
		/"net-cut" is no fault that a case can be put under; those are caches-dropping/,
	],
	[
		'a fault of a disk that is not there',
		['run', 'planted/pass', '--under', 'disk-throttled,disk=cache,perSecond=9', '--dry-run'],
		/has no disk "cache"/,
	],
	['a timeout that is no number', ['run', '--timeout', 'soon'], /soon/],
];
for (const [what, args, message] of bad) {
	test(`${what} is met with a message, a hint and exit 129, never a stack`, async (t) => {
		const { exitCode, stderr } = await crucible(args);
		t.is(exitCode, 129, stderr);
		t.regex(stderr, message);
		t.notRegex(stderr, /^\s+at .*\.js:\d+/m);
	});
}

test('an unwritable cache is named', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-cli-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	await writeFile(join(dir, 'file'), '');
	await chmod(join(dir, 'file'), 0o400);
	const { exitCode, stderr } = await crucible(['build'], { env: { XDG_CACHE_HOME: join(dir, 'file') } });
	t.is(exitCode, 129, stderr);
	t.regex(stderr, /file/);
});

test('list --names prints suite/case lines that run accepts', async (t) => {
	const { stdout, exitCode } = await crucible(['list', '--names', '--tag', 'smoke']);
	t.is(exitCode, 0);
	for (const line of stdout.split('\n')) t.regex(line, /^[a-z0-9-]+\/[a-z0-9.-]+$/);
	t.true(stdout.includes('erofs-ondemand/'));
});

test('every command explains itself', async (t) => {
	const { stdout } = await crucible(['--help']);
	for (const command of ['run', 'build', 'boot', 'shell', 'list', 'report', 'rr', 'decode', 'bench', 'doctor', 'clean', 'completion']) {
		t.true(stdout.includes(`  ${command}`), command);
		t.is((await crucible([command, '--help'])).exitCode, 0);
	}
});

test('the completion script is bash and knows the commands', async (t) => {
	const { stdout } = await crucible(['completion']);
	t.is((await execa('bash', ['-n'], { input: stdout })).exitCode, 0);
	const { stdout: words } = await execa('bash', [
		'-c',
		`${stdout}\nCOMP_WORDS=(./crucible de); COMP_CWORD=1; _crucible; echo "\${COMPREPLY[@]}"`,
	]);
	t.is(words, 'decode');
});

test('decode reads standard input and says so when a log holds no report', async (t) => {
	const { stdout, exitCode } = await crucible(['decode', '-'], { input: '[    0.000000] Linux version 6.12\n' });
	t.is(exitCode, 0);
	t.is(stdout, 'no kernel report found');
});

test('a reader that goes away is not a failure', async (t) => {
	const { exitCode } = await execa('bash', ['-o', 'pipefail', '-c', './crucible list | head -n 1'], { cwd: checkout.top });
	t.is(exitCode, 0);
});

test('a reader that goes away leaves the exit code as it would have been', async (t) => {
	const { exitCode } = await execa('bash', ['-o', 'pipefail', '-c', './crucible doctor | true'], {
		cwd: checkout.top,
		env: { XDG_CACHE_HOME: '/dev/null' },
		reject: false,
	});
	t.is(exitCode, 129);
});

test('a full standard output is told and exits 128, a full standard error changes no exit code', async (t) => {
	const shell = (line: string) => execa('bash', ['-c', line], { cwd: checkout.top, reject: false });
	const out = await shell('./crucible list >/dev/full');
	t.is(out.exitCode, 128, out.stderr);
	t.is(out.stderr, 'crucible: cannot write to standard output: ENOSPC: no space left on device, write');
	t.is((await shell('./crucible list --nope 2>/dev/full')).exitCode, 129);
	t.is((await shell('./crucible report zzzz 2>/dev/full')).exitCode, 129);
});

test('what nobody caught is a bug of ours and exits 128: a bisection must not read it as bad', async (t) => {
	const plant = 'process.stdout.write = () => process.nextTick(() => { throw new Error("planted"); });';
	const { exitCode, stderr } = await execa(process.execPath, ['--import', `data:text/javascript,${plant}`, 'crucible', 'list'], {
		cwd: checkout.top,
		reject: false,
	});
	t.is(exitCode, 128, stderr);
	t.regex(stderr, /^crucible: this is a bug of ours:\nError: planted[\s\S]*\nnode v/);
});
