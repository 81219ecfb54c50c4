import test from 'ava';
import type { Event } from '../model/event.ts';
import type { Splat } from '../model/run.ts';
import { canonicalRun } from './canonical-run.ts';
import { createTerminalReporter } from './terminal.ts';

const run = canonicalRun();
const [job] = run.jobs;
const [passed, , failed] = job?.cases ?? [];
const splat = failed?.attempts[0]?.splats[0] as Splat;

function record({ isTty, color = false, width = 100, columns }: { isTty: boolean; color?: boolean; width?: number; columns?: number }) {
	let ms = 0;
	const texts = { stdout: '', stderr: '' };
	const reporter = createTerminalReporter({
		stdout: { write: (text) => (texts.stdout += text) },
		stderr: { columns, write: (text) => (texts.stderr += text) },
		isTty,
		color,
		width,
		now: () => ms,
	});
	const at = (atMs: number, event: Partial<Event>) => {
		ms = atMs;
		reporter.onEvent({ ...event, atMs } as Event);
	};
	return { texts, reporter, at };
}

const plan = run.jobs.map(({ id, suite, kernelSpec, config, cases }) => ({
	id,
	suite,
	kernelSpec,
	config,
	cases: cases.map((one) => ({ name: one.case, summary: one.summary })),
}));
const started = { type: 'run-started', run, plan } as const;
const id = job?.id ?? '';

function play(at: (atMs: number, event: Partial<Event>) => void) {
	at(0, started);
	at(0, { type: 'phase-started', phase: 'build debian:6.12 kasan' });
	for (let second = 1; second <= 65; second++) {
		at(second * 1000, {
			type: 'phase-progress',
			phase: 'build debian:6.12 kasan',
			detail: `CC fs/netfs/${second}.o`,
			fraction: second / 100,
		});
	}
	at(66_000, { type: 'phase-ended', phase: 'build debian:6.12 kasan', durationMs: 66_000, detail: '3100 files' });
	at(67_000, { type: 'case-started', job: id, case: 'v42-warm-read', attempt: 1 });
	if (passed) at(75_000, { type: 'case-ended', job: id, result: passed });
	at(75_000, { type: 'case-started', job: id, case: 'withdraw-race', attempt: 1 });
	at(80_000, { type: 'splat-seen', job: id, case: 'withdraw-race', splat: { ...splat, title: `${splat.title}\u001b[2J` } });
	at(88_000, { type: 'case-started', job: id, case: 'withdraw-race', attempt: 2 });
	if (failed) at(99_000, { type: 'case-ended', job: id, result: failed });
	at(99_500, { type: 'note', text: 'a note' });
}

test('a log gets whole lines: phases, progress every 20 s, one line per case', (t) => {
	const { texts, reporter, at } = record({ isTty: false });
	play(at);
	reporter.stop();
	t.deepEqual(texts.stderr.split('\n'), [
		'[   0:00] build debian:6.12 kasan ...',
		'[   0:20] build debian:6.12 kasan  20 s  20 %  CC fs/netfs/20.o',
		'[   0:40] build debian:6.12 kasan  40 s  40 %  CC fs/netfs/40.o',
		'[   1:00] build debian:6.12 kasan  1 min 00 s  60 %  CC fs/netfs/60.o',
		'[   1:06] build debian:6.12 kasan  1 min 06 s  3100 files',
		'[   1:20] nfs-fsc/withdraw-race on debian:6.12 kasan: KASAN: slab-use-after-free Write in fscache_withdraw_volume',
		'[   1:28] nfs-fsc/withdraw-race on debian:6.12 kasan: attempt 2 in a fresh clone',
		'[   1:39] note: a note',
		'',
	]);
	t.deepEqual(texts.stdout.split('\n'), [
		'PASS          nfs-fsc/v42-warm-read  debian:6.12 kasan  8.4 s',
		'FAIL          nfs-fsc/withdraw-race  debian:6.12 kasan  37 s  FAIL 2/3, PASS 1/3  KASAN: slab-use-after-free Write in fscache_withdraw_volume',
		'',
	]);
});

test('a terminal shows one status line that is rewritten, never wraps, and is gone at the end', (t) => {
	const { texts, reporter, at } = record({ isTty: true, width: 40 });
	play(at);
	reporter.stop();
	const drawn = texts.stderr.split('\r\u001b[K').filter((text) => !text.includes('\n'));
	t.true(drawn.some((line) => line.startsWith('0:30  build debian:6.12 kasan  30 s')));
	t.true(drawn.some((line) => line.startsWith('1:15  nfs-fsc/withdraw-race on')));
	t.deepEqual(
		drawn.filter((line) => line.length >= 40),
		[],
	);
	t.true(texts.stderr.endsWith('\r\u001b[K'));
});

test('the width is what the terminal says, and the given one where it says nothing', (t) => {
	const longest = ({ texts }: ReturnType<typeof record>) =>
		Math.max(...texts.stderr.split('\r\u001b[K').map((text) => (text.includes('\n') ? 0 : text.length)));
	const [narrow, unknown] = [record({ isTty: true, columns: 30 }), record({ isTty: true, columns: 0 })];
	for (const { at, reporter } of [narrow, unknown]) {
		play(at);
		reporter.stop();
	}
	t.is(longest(narrow), 29);
	t.true(longest(unknown) > 50);
});

test('escape sequences come from us alone: none when color is off', (t) => {
	const plain = record({ isTty: false });
	play(plain.at);
	plain.reporter.finish(run, { report: 'results/x/report.html' });
	t.false(`${plain.texts.stdout}${plain.texts.stderr}`.includes('\u001b'));
	const colored = record({ isTty: false, color: true });
	colored.reporter.finish(run);
	t.true(colored.texts.stdout.includes('\u001b[1;31mFAIL\u001b[0m'));
	t.deepEqual(
		colored.texts.stdout
			.split('\u001b')
			.slice(1)
			.filter((text) => !/^\[[\d;]+m/.test(text)),
		[],
	);
});

test('the summary says verdict, counts, matrix, reasons, frames, findings, notes, report and how to reproduce', (t) => {
	const { texts, reporter } = record({ isTty: false });
	reporter.finish(run, { report: 'results/x/report.html' });
	for (const expected of [
		/^FAIL {2}19 cases: 3 FAIL, 1 ERROR, 1 INCONCLUSIVE, 3 MISS, 2 XFAIL, 1 SKIP, 8 PASS {2}20 min/m,
		/^nfs-fsc\/v42-warm-read +PASS +XFAIL +MISS$/m,
		/^MISS {2}\.\.\/linux#next did not build: make exited with 2 {2}3 cases never ran$/m,
		/^ {4}stops nfs-fsc.linux-next.kasan, erofs-ondemand.linux-next.kasan$/m,
		/^FAIL {2}nfs-fsc\/withdraw-race {2}debian:6.12 kasan {2}37 s {2}FAIL 2\/3, PASS 1\/3$/m,
		/^ {8}fscache_withdraw_volume\+0x9a\/0x1e0 \[netfs\] fs\/netfs\/fscache_volume.c:471$/m,
		/^ {4}not ok: after the withdraw > the volume is gone\n {8}expected: 0 volumes$/m,
		/^ {4}evidence: cache_files >= 1, measured nothing$/m,
		/^ {4}left over: module netfs is still in use: 1$/m,
		/^ {4}files: results\/x\/jobs\/nfs-fsc.debian-6.12.kasan\/withdraw-race\/$/m,
		/^XFAIL {2}nfs-fsc\/v42-warm-read/m,
		/^SKIP {2}nfs-fsc\/withdraw-race .* needs CONFIG_NETFS_STATS=y/m,
		/^notes +\/dev\/kvm exists but ran no guest/m,
		/^slowest +4 min 00 s {2}erofs-ondemand\/daemon-killed on debian:6.12 kasan$/m,
		/^first failure +nfs-fsc\/withdraw-race on debian:6.12 kasan$/m,
		/^report +results\/x\/report.html$/m,
		/^reproduce +\.\/crucible run nfs-fsc\/withdraw-race --kernel debian:6.12 --config kasan$/m,
	])
		t.regex(texts.stdout, expected);
});

test('a thousand failures end in a summary of bounded length', (t) => {
	const { texts, reporter } = record({ isTty: false });
	const cases = Array.from({ length: 1000 }, (_, at) => ({ ...(failed ?? { attempts: [] }), case: `case-${at}` }));
	reporter.finish({ ...run, jobs: (job && [{ ...job, cases: cases as typeof job.cases }]) || [] });
	t.true(texts.stdout.split('\n').length < 400);
	t.regex(texts.stdout, /and 980 more cases in the report/);
});
