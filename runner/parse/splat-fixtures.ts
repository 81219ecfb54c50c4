/** Reads the fixtures of the splat tests: expectation header, blank line, raw log. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { top } from '../config/paths.ts';

export interface Expectation {
	readonly title: string;
	readonly fields: readonly (readonly [key: string, value: string])[];
}

export interface Fixture {
	readonly name: string;
	/** In the order in which the reports end; none for a log that is harmless. */
	readonly expected: readonly Expectation[];
	readonly log: string;
}

/** All fixtures; a `TITLE:` line begins the expectation of the next report, the keys after it are about that report. */
export function readFixtures(): Fixture[] {
	const folder = join(top, 'runner/parse/testdata/splats');
	return readdirSync(folder)
		.sort()
		.map((name) => {
			const whole = readFileSync(join(folder, name), 'latin1');
			const blank = whole.indexOf('\n\n');
			const expected: { title: string; fields: [string, string][] }[] = [];
			for (const line of whole.slice(0, blank).split('\n')) {
				const colon = line.indexOf(': ');
				const [key, value] = [line.slice(0, colon), line.slice(colon + 2)];
				if (key === 'TITLE') expected.push({ title: value, fields: [] });
				else expected.at(-1)?.fields.push([key, value]);
			}
			return { name, expected, log: whole.slice(blank + 2) };
		});
}
