/** Where things are: the checkout's own folders, and the XDG folders of the user. */

import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const name = 'fscache-crucible';

/** The top of the checkout; compiled code runs from dist/runner/config/. */
export const top = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export const checkout = {
	top,
	suites: join(top, 'suites'),
	images: join(top, 'images'),
	kconfig: join(top, 'kconfig'),
	results: join(top, 'results'),
} as const;

/** The user's folders (XDG base directory specification); `env` is the process environment. */
export function userFolders(env: Readonly<Record<string, string | undefined>>): { cache: string; state: string; config: string } {
	const home = env.HOME ?? homedir();
	const absolute = (value: string | undefined, fallback: string) => (value?.startsWith('/') ? value : join(home, fallback));
	return {
		cache: join(absolute(env.XDG_CACHE_HOME, '.cache'), name),
		state: join(absolute(env.XDG_STATE_HOME, '.local/state'), name),
		config: join(absolute(env.XDG_CONFIG_HOME, '.config'), name),
	};
}
