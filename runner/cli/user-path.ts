/** Paths that a user typed. */

import { isAbsolute, resolve } from 'node:path';
import { environment } from '../config/settings.ts';

/** Where the user stands; npm start runs us in the checkout. */
export function userDir(): string {
	return environment.INIT_CWD ?? process.cwd();
}

/** A path as the user meant it. `-`, standard input, stays. */
export function userPath(path: string): string {
	return path === '-' || isAbsolute(path) ? path : resolve(userDir(), path);
}
