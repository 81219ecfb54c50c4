/** A program for parser.ts: reads megabytes of console text through the scanner, and says what that took. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { createSplatScanner } from '../parse/splat.ts';
import { InfraError } from '../util/errors.ts';

export interface ParserSaid {
	readonly bytes: number;
	/** Of all threads, so that it is the time of one core. */
	readonly cpuMs: number;
	/** Of the resident set, from a quarter of the text to its end. */
	readonly growthMiB: number;
	readonly reports: number;
}

/** Between two reports; a kernel that reports more often has nothing else on its console. */
const quietLines = 10_000;

/** As a socket gives it. */
const chunkBytes = 64 * 1024;

const megabytes = Number(process.argv[2] ?? 100);
const text = await consoleText();
let reports = 0;
const scanner = createSplatScanner(() => reports++);
const wanted = megabytes * 1e6;
let bytes = 0;
let quarterMiB: number | undefined;
const began = process.cpuUsage();
while (bytes < wanted) {
	for (let at = 0; at < text.length; at += chunkBytes) scanner.write(text.subarray(at, at + chunkBytes));
	bytes += text.length;
	if (bytes >= wanted / 4) quarterMiB ??= residentMiB();
}
scanner.end();
const { user, system } = process.cpuUsage(began);
const growthMiB = residentMiB() - (quarterMiB ?? 0);
if (reports < bytes / text.length) throw new InfraError(`only ${reports} reports were found`);
process.stdout.write(`${JSON.stringify({ bytes, cpuMs: (user + system) / 1000, growthMiB, reports } satisfies ParserSaid)}\n`);

function residentMiB(): number {
	return process.memoryUsage.rss() / 2 ** 20;
}

/** Some megabytes of what consoles print: lines of a boot and of tests, and each recorded report once. */
async function consoleText(): Promise<Buffer> {
	const folder = join(checkout.top, 'runner/parse/testdata/splats');
	const names = (await readdir(folder)).filter((name) => name.startsWith('kasan-') || name.startsWith('recorded-')).sort();
	const recorded = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
	const splats = recorded.map((fixture) => fixture.slice(fixture.indexOf('\n\n') + 2));
	return Buffer.from(splats.map((splat, index) => quiet(index) + splat).join(''));
}

function quiet(seed: number): string {
	const lines = [
		'virtio_blk virtio5: [vda] 1048576 512-byte logical blocks (537 MB/512 MiB)',
		'EXT4-fs (vda): mounted filesystem c0ffee00-5eed-4000-8000-000000000001 r/w with ordered data mode. Quota mode: disabled.',
		'CacheFiles: File cache on vda registered',
		'NFSD: Using nfsdcld client tracking operations.',
		'FS-Cache: Cache "mycache" added (type cachefiles)',
		'erofs: (device erofs): mounted with root inode @ nid 36.',
		'RPC: Registered tcp NFSv4.1 backchannel transport module.',
		'crucible: end of v42-remount #2',
		'random: crng init done',
		'clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x2b3e459bf4c, max_idle_ns: 440795289890 ns',
	];
	return Array.from({ length: quietLines }, (_, at) => {
		const time = (seed * 100 + at / 1000).toFixed(6).padStart(12);
		return `[${time}][${`T${(at * 31) % 4000}`.padStart(6)}] ${lines[(at * 7 + seed) % lines.length]}\n`;
	}).join('');
}
