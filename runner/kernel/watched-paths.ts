/** Which paths of a kernel tree a build of ours may read: those whose change is worth a run. Pure. */

// Read by people, or by builds that are not ours: other architectures, whose folders are in small letters, and user-space tools but objtool.
const unreadFolders =
	/^(?:Documentation|LICENSES|samples|debian|rust|tools\/(?:testing|perf|virtio|power|gpio|iio|hv)|arch\/(?!x86(?:\/|$))[a-z]\w*)(?:\/|$)/;

// "io.c~", ".io.c.swp", ".#io.c", "#io.c#", vim's "4913", what patch leaves ("io.c.orig"), what editors write aside
const asides = /^\.|~$|^#.*#$|^\d{4}$|\.(?:orig|rej|swp|swx|tmp|bak)$/;

/** Whether a save leaves this beside the file that was saved; `path` is relative. Hidden files and folders count. */
export function isAside(path: string): boolean {
	return path.split('/').some((name) => asides.test(name));
}

/** Whether a folder or file of a kernel tree matters to a build; `path` is relative to the tree. */
export function isKernelInput(path: string): boolean {
	return !isAside(path) && !unreadFolders.test(path);
}
