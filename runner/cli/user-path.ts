/** Paths that a user typed. */

import { isAbsolute, resolve } from 'node:path';
import { userDir } from '../config/settings.ts';

/** A path as the user meant it. `-`, standard input, stays. */
export function userPath(path: string): string {
	return path === '-' || isAbsolute(path) ? path : resolve(userDir(), path);
}
