import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { canonicalRun } from './canonical-run.ts';
import { writeReports } from './write.ts';

test('the reports are written whole, and link the files that exist', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-report-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const attempt = join(dir, 'jobs/nfs-fsc.debian-6.12.kasan/withdraw-race');
	await mkdir(join(attempt, 'splats'), { recursive: true });
	await writeFile(join(attempt, 'console.log'), '');
	await writeFile(join(attempt, 'splats/1 KASAN.txt'), '');
	await writeReports(canonicalRun(), dir);
	t.deepEqual((await readdir(dir)).sort(), ['jobs', 'junit.xml', 'report.html', 'results.tap']);
	const html = await readFile(join(dir, 'report.html'), 'utf8');
	t.true(html.includes('href="jobs/nfs-fsc.debian-6.12.kasan/withdraw-race/console.log"'));
	t.true(html.includes('href="jobs/nfs-fsc.debian-6.12.kasan/withdraw-race/splats/1%20KASAN.txt"'));
	t.false(html.includes('trace.txt'));
});
