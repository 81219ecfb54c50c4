import test from 'ava';
import { canonicalRun } from '../canonical-run.ts';
import { ticks } from './chart.ts';
import { toHtml } from './render.ts';
import { linkTo } from './view.ts';

const run = canonicalRun();

/** Enough of a reader of HTML to tell elements from text: what was escaped is text, and never matches. */
const tags = (html: string, name: string) => [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, 'g'))].map(([tag]) => tag);

test('the report holds verdict, cases, splats with places, evidence, counters, notes, hashes and charts', async (t) => {
	const html = await toHtml(run);
	const cases = run.jobs.reduce((sum, job) => sum + job.cases.length, 0);
	t.is(tags(html, 'details').filter((tag) => tag.includes('class="case ')).length, cases);
	for (const expected of [
		'<span class="verdict">FAIL</span> 3 of 19 cases failed',
		'fs/netfs/fscache_volume.c:471',
		'class="inlined"',
		'class="unreliable"',
		'warm_server_read_bytes == 0',
		'nfsd read bytes',
		'known issue debian-6.1-nfs-auxdata',
		'FAIL 2/3, PASS 1/3',
		'using TCG, time limits are multiplied by 4',
		run.jobs[0]?.kernel?.hashes.vmlinux ?? 'a hash',
		'implicit declaration of function',
		'./crucible run nfs-fsc/withdraw-race --kernel debian:6.12 --config kasan',
	])
		t.true(html.includes(expected), expected);
	t.is(tags(html, 'svg').length, 2);
});

test('nothing a guest printed becomes an element, an attribute, a control character or a link out of the run directory', async (t) => {
	const html = await toHtml(run);
	t.is(tags(html, 'script').length, 1);
	t.deepEqual(
		['img', 'form action', 'textarea', 'u', 'iframe'].flatMap((name) => tags(html, name)),
		[],
	);
	t.true(html.includes('&lt;img src=x onerror=alert(1)&gt;'));
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters no report may hold
	t.notRegex(html, /[\u0000-\u0008\u000b-\u001f\u202e]/);
	for (const [, href = ''] of html.matchAll(/href="([^"]*)"/g)) t.regex(href, /^(#|data:,$|jobs\/)/);
	t.false(html.includes('href="jobs/erofs-ondemand.debian-6.12.kasan/..'));
});

test('the page fetches nothing and runs one script only', async (t) => {
	const html = await toHtml(run);
	t.regex(html, /content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-[\w+/]+=*&#39;/);
	t.deepEqual([...html.matchAll(/\b(?:src|xlink:href)="[^"]*"|@import|url\(/g)], []);
});

test('a run that passed and one without jobs have reports too', async (t) => {
	const counts = { PASS: 0, FAIL: 0, INCONCLUSIVE: 0, ERROR: 0, MISS: 0, SKIP: 0, XFAIL: 0 };
	const passed = await toHtml({
		...run,
		jobs: run.jobs.filter((job) => job.status === 'PASS'),
		verdict: 'PASS',
		counts: { ...counts, PASS: 3 },
	});
	t.true(passed.includes('all 3 cases passed'));
	t.false(passed.includes('Could not be tested'));
	t.true((await toHtml({ ...run, jobs: [], phases: [], verdict: 'MISS', counts })).includes('no case ran'));
});

test('links are relative, escaped and stay below the run directory', (t) => {
	t.is(linkTo('jobs/a b#c/console.log'), 'jobs/a%20b%23c/console.log');
	t.is(linkTo('javascript:alert(1)'), 'javascript%3Aalert(1)');
	for (const path of ['', '/etc/passwd', '../x', 'jobs/../../x', 'jobs//x', './x']) t.is(linkTo(path), undefined);
});

test('the time axis has at most eight marks on round times', (t) => {
	t.deepEqual(ticks(0.5), { values: [0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5], unit: 's' });
	t.deepEqual(ticks(34), { values: [0, 5, 10, 15, 20, 25, 30], unit: 's' });
	t.deepEqual(ticks(1218), { values: [0, 300, 600, 900, 1200], unit: 'min' });
	t.is(ticks(40 * 86_400).values.length, 7);
});

test('a long report keeps its cases as text until they are opened, and nothing a guest printed ends that text', async (t) => {
	const [job] = run.jobs;
	const hostile = run.jobs.flatMap((one) => one.cases).find((one) => JSON.stringify(one).includes('<img src=x'));
	if (!job || !hostile) return t.fail('the canonical run has changed');
	const cases = Array.from({ length: 501 }, (_, n) => ({
		...hostile,
		case: `case-${n}`,
		summary: '</script><script>alert(1)</script><!--',
	}));
	const html = await toHtml({ ...run, jobs: [{ ...job, cases }] });
	t.is(tags(html, 'details').filter((tag) => tag.includes('class="case ')).length, 501);
	const waiting = tags(html, 'script').filter((tag) => tag === '<script type="text/html">');
	t.true(waiting.length >= 500);
	t.is(tags(html, 'script').length, waiting.length + 1);
	t.is([...html.matchAll(/<\/script>/g)].length, waiting.length + 1);
	t.false(html.includes('<!--'));
});

test('a timeline in the page is whole, holds nothing else, and guest text in it stays text', async (t) => {
	const jobs = run.jobs.map((job) => ({
		...job,
		cases: job.cases.map((result) => ({ ...result, attempts: result.attempts.map((one, at) => ({ ...one, startedMs: at * 1000 })) })),
	}));
	const html = await toHtml({ ...run, jobs });
	t.is(tags(html, 'script').length, 1);
	const all = [...html.matchAll(/data-timeline="([^"]*)"/g)].map(
		([, data = '']) =>
			JSON.parse(
				data
					.replaceAll('&quot;', '"')
					.replaceAll('&#39;', "'")
					.replace(/&(lt|gt|amp);/g, '-'),
			) as object,
	);
	t.deepEqual(
		all.map((one) => Object.keys(one)),
		[['clock', 'lanes']],
	);
	t.is(html.trimEnd().slice(-7), '</html>');
});
