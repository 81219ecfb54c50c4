/**
 * Tells what changes below a folder: one inotify watch per folder, through Node's own fs.watch. Node's recursive mode and chokidar watch
 * every file: on a 6.12 tree 4 s and 230 MiB, 18 s and 600 MiB, where this takes half a second and 17 MiB.
 */

import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../util/errors.ts';

export interface WatchedTree extends Disposable {
	/** How many folders are watched. */
	readonly folders: () => number;
}

/** Calls `onChange` with paths relative to `root` that `wants` accepts, of files that were written, made, moved or removed. */
export function watchTree(root: string, wants: (path: string) => boolean, onChange: (path: string) => void): WatchedTree {
	const watched = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();

	const drop = (folder: string) => {
		for (const [path, { watcher }] of watched)
			if (path === folder || path.startsWith(`${folder}/`)) {
				watcher.close();
				watched.delete(path);
			}
	};

	const follow = (folder: string, isNew: boolean) => {
		const inode = lstatSync(join(root, folder), { throwIfNoEntry: false })?.ino;
		if (inode === undefined) return;
		const watcher = open(join(root, folder), (name) => onEvent(folder, name));
		if (!watcher) return;
		watcher.on('error', () => drop(folder));
		watched.set(folder, { watcher, inode });
		for (const entry of entriesOf(join(root, folder))) {
			const path = join(folder, entry.name);
			if (!wants(path)) continue;
			if (entry.isDirectory()) follow(path, isNew);
			else if (isNew) onChange(path);
		}
	};

	const onEvent = (folder: string, name: string) => {
		const path = join(folder, name);
		if (!wants(path)) return;
		const found = lstatSync(join(root, path), { throwIfNoEntry: false });
		const known = watched.get(path);
		if (found?.isDirectory()) {
			// One of that name may have come in place of another.
			if (known?.inode === found.ino) return;
			drop(path);
			follow(path, true);
		} else if (known) {
			drop(path);
			onChange(path);
		}
		// An event of the folder itself comes under its own name.
		else if (found || name !== basename(join(root, folder))) onChange(path);
	};

	follow('', false);
	return {
		folders: () => watched.size,
		[Symbol.dispose]() {
			for (const { watcher } of watched.values()) watcher.close();
			watched.clear();
		},
	};
}

/** Undefined for a folder that is gone again. */
function open(folder: string, onName: (name: string) => void): FSWatcher | undefined {
	try {
		return watch(folder, (_, name) => {
			if (name !== null) onName(name);
		});
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
		// inotify_add_watch(2): ENOSPC means too many watches, not a full disk; EMFILE too many instances.
		if (code === 'ENOSPC')
			throw new UserError(`cannot watch ${folder}: the user's limit of inotify watches is reached`, {
				hint: 'sysctl fs.inotify.max_user_watches=524288',
			});
		if (code === 'EMFILE')
			throw new UserError(`cannot watch ${folder}: the user's limit of inotify instances is reached`, {
				hint: 'sysctl fs.inotify.max_user_instances=512',
			});
		throw error;
	}
}

function entriesOf(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}
