/** report.html in Debian's Chromium, as a reader uses it: from a file, by keyboard, in light and dark, wide and narrow. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { chromium } from 'playwright-core';
import { provideNeeds } from '../session/host.ts';
import { writeSampleRun } from './sample-runs.ts';

test('a failing run is read in a browser: verdict, findings, source, diagram, timeline, history, by keyboard, fetching nothing', async (t) => {
	const need = { probe: 'chromium', package: 'chromium', why: 'reports are opened in it' };
	await provideNeeds([need], { signal: AbortSignal.timeout(600_000), onProgress: t.log });
	const results = await mkdtemp(join(tmpdir(), 'crucible-page-'));
	t.teardown(() => rm(results, { recursive: true, force: true }));
	await writeSampleRun(results, '20261120-000000-aaaaaa', false);
	await writeSampleRun(results, '20261121-000000-bbbbbb');
	await writeSampleRun(results, '20261122-000000-cccccc');
	const sandbox = process.getuid?.() !== 0;
	await using browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: sandbox, timeout: 60_000 });
	const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
	page.setDefaultTimeout(20_000);
	const problems: string[] = [];
	page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('request', (request) => /^(file|data):/.test(request.url()) || problems.push(request.url()));
	await page.goto(`file://${join(results, '20261122-000000-cccccc/report.html')}`);

	t.is(await page.textContent('.verdict'), 'FAIL');
	t.true(((await page.textContent('.findings li')) ?? '').includes('cachefiles_withdraw_volume'));
	await page.click('.findings a');
	const open = page.locator('.case[open]', { hasText: 'withdraw-race' }).first();
	t.true(((await open.locator('.source .it').first().textContent()) ?? '').includes('cachefiles_withdraw_volume'));
	t.true(await open.locator('.race svg').isVisible());
	t.deepEqual(await open.locator('.history i').allTextContents(), ['P', 'F']);

	/** Whether the canvas shows anything but one color. */
	const isDrawn = 'c => new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer)).size > 3';
	const canvas = open.locator('.timeline canvas');
	t.true(await page.evaluate<boolean>(`(${isDrawn})(document.querySelector('.case[open] .timeline canvas'))`));
	const pixels = () => page.evaluate<string>("document.querySelector('.case[open] .timeline canvas').toDataURL()");
	const whole = await pixels();
	await canvas.focus();
	await page.keyboard.press('n');
	t.regex((await open.locator('.tip').textContent()) ?? '', /^\d+\.\d{6} s {2}\S/);
	await page.keyboard.press('+');
	t.not(await pixels(), whole);
	const lanes = JSON.parse((await open.locator('.timeline').getAttribute('data-timeline')) ?? '{}').lanes as {
		name: string;
		marks: [number, number][];
	}[];
	const [report, hold] = ['reports', 'holds'].map((name) => lanes.find((lane) => lane.name === name)?.marks[0]?.[0] ?? 0);
	t.true(Math.abs((report ?? 0) - (hold ?? 0)) < 2, `a report at ${report} s after a hold at ${hold} s: not one clock`);
	for (const name of ['reports', 'holds', 'console'])
		t.true(
			lanes.some((lane) => lane.name === name),
			name,
		);

	await page.keyboard.press('Escape');
	await page.evaluate('document.activeElement.blur()');
	await page.keyboard.press('j');
	await page.keyboard.press('j');
	t.is(await page.evaluate("[...document.querySelectorAll('.case')].findIndex((one) => one.contains(document.activeElement))"), 1);

	for (const [colorScheme, width] of [
		['light', 1280],
		['dark', 1280],
		['light', 390],
	] as const) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 900 });
		const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
		t.true(wide <= width, `${colorScheme}, ${width} px: the page is ${wide} px wide`);
	}
	t.deepEqual(problems, []);
});
