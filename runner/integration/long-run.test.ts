/** A run of 10,000 cases: the runner stays small, and its report opens, filters and scrolls in a browser. */

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { checkout } from '../config/paths.ts';
import type { Run } from '../model/run.ts';
import { provideNeeds } from '../session/host.ts';

const browserNeed = { probe: 'chromium', package: 'chromium', why: 'a long report is opened in it' };

// Many times what an idle machine takes: what is asked is that a reader need not wait, on a host that runs guests besides.
const most = { paintMs: 10_000, answerMs: 5_000, elements: 150_000, waitMs: 120_000 } as const;

test('10,000 cases leave the runner below 300 MiB, and a report that a browser shows at once', async (t) => {
	await provideNeeds([browserNeed], { signal: AbortSignal.timeout(600_000), onProgress: t.log });
	const results = await mkdtemp(join(tmpdir(), 'crucible-long-'));
	t.teardown(() => rm(results, { recursive: true, force: true }));
	const { stdout } = await execa(process.execPath, [join(checkout.top, 'dist/runner/integration/long-run.js'), results, '10000']);
	const said = JSON.parse(stdout) as Readonly<Record<'cases' | 'ranMs' | 'savedMs' | 'reportsMs' | 'peakMiB', number>>;
	t.is(said.cases, 10_000);
	t.true(said.peakMiB < 300, `took ${said.peakMiB} MiB`);
	const dir = join(results, 'latest');
	const run = JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')) as Run;
	t.is(
		run.jobs.reduce((sum, job) => sum + job.cases.length, 0),
		10_000,
	);
	t.is((await readFile(join(dir, 'results.tap'), 'utf8')).match(/^ {4}(not )?ok /gm)?.length, 10_000);
	t.is((await readFile(join(dir, 'junit.xml'), 'utf8')).match(/<testcase /g)?.length, 10_000);
	const report = join(dir, 'report.html');
	t.log(
		`${said.peakMiB} MiB; reports in ${(said.reportsMs / 1000).toFixed(1)} s; report.html ${((await stat(report)).size / 1e6).toFixed(0)} MB`,
	);

	await using browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		chromiumSandbox: process.getuid?.() !== 0,
		timeout: most.waitMs,
	});
	const page = await browser.newPage();
	page.setDefaultTimeout(most.waitMs);
	const problems: string[] = [];
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
	page.on('pageerror', (error) => problems.push(String(error)));
	await page.goto(`file://${report}`);
	const paintMs = await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
	const loadMs = await page.evaluate<number>('performance.now()');
	t.true(paintMs < most.paintMs, `first paint after ${paintMs} ms`);
	const elements = await page.evaluate<number>("document.getElementsByTagName('*').length");
	t.true(elements < most.elements, `${elements} elements`);

	/** Until the browser has drawn what `act` led to. */
	const answerMs = async (act: () => Promise<unknown>) => {
		const began = performance.now();
		await act();
		await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
		return Math.round(performance.now() - began);
	};
	const times = {
		status: await answerMs(() => page.click('.chip[data-status=FAIL]')),
		scroll: await answerMs(() => page.evaluate('scrollTo(0, document.body.scrollHeight)')),
	};
	t.is(await page.textContent('#shown'), `${run.counts.FAIL} of 10000`);
	await page.click('.chip[data-status=FAIL]');
	await page.keyboard.press('/');
	const text = await answerMs(() => page.keyboard.insertText('suite-7/case-33 6.12'));
	t.is(await page.textContent('#shown'), '11 of 10000');
	const row = page.locator('.case:not([hidden])').first();
	const open = await answerMs(async () => {
		await row.locator('summary').first().focus();
		await page.keyboard.press('Enter');
		await row.locator('.body').waitFor();
	});
	t.true(await row.locator('.command code').isVisible());
	t.log(
		`first paint ${Math.round(paintMs)} ms, loaded ${Math.round(loadMs)} ms, ${elements} elements; ${JSON.stringify({ ...times, text, open })} ms`,
	);
	for (const [what, ms] of Object.entries({ ...times, text, open })) t.true(ms < most.answerMs, `${what} took ${ms} ms`);
	t.deepEqual(problems, []);
});
