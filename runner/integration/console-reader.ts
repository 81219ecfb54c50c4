/** A program for constant-cost.test.ts: reads a machine's console from a socket as a run does, and says what that took. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { createSplatScanner } from '../parse/splat.ts';
import { Console } from '../vm/console.ts';

const [socket = '', log = ''] = process.argv.slice(2);
const titles: string[] = [];
const scanner = createSplatScanner((splat) => titles.push(splat.title));
const stream = connect(socket);
await once(stream, 'connect');
const began = performance.now();
const reader = new Console(stream);
reader.tap((chunk) => scanner.write(chunk));
await reader.to(log);
await reader.ended;
scanner.end();
process.stdout.write(
	`${JSON.stringify({
		bytes: reader.bytes,
		titles,
		last: reader.tail(1)[0],
		durationMs: Math.round(performance.now() - began),
		cpuMs: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1000),
		// maxRSS is in KiB on Linux (getrusage(2)).
		peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
	})}\n`,
);
