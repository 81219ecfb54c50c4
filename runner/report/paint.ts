/** Colors of terminal text; the caller decides whether there are any. */

import type { Status } from '../model/run.ts';

// SGR parameters (ECMA-48): 1 bold, 2 dim, 31-36 the plain colors, which every terminal theme keeps readable.
const codes = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', magenta: '35', cyan: '36', alarm: '1;31' } as const;
export type Color = keyof typeof codes;

export type Paint = (color: Color, text: string) => string;

/** Text with, or untouched without, escape sequences. */
export function createPaint(color: boolean): Paint {
	return color ? (name, text) => `\u001b[${codes[name]}m${text}\u001b[0m` : (_, text) => text;
}

export const statusColors: Readonly<Record<Status, Color>> = {
	PASS: 'green',
	FAIL: 'alarm',
	INCONCLUSIVE: 'yellow',
	ERROR: 'magenta',
	MISS: 'yellow',
	SKIP: 'dim',
	XFAIL: 'cyan',
};
