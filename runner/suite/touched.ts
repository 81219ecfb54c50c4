/** What a change to the kernel concerns: the one table from paths in its tree to tags of suites. */

import type { Suite } from './load.ts';

/** The longest path that fits counts. */
const table: readonly { readonly path: string; readonly tags: readonly string[] }[] = [
	// Compiled in, it gives every cache's objects their on-demand part, whoever the client.
	{ path: 'fs/cachefiles/ondemand.c', tags: ['erofs', 'cachefiles', 'fscache'] },
	{ path: 'fs/cachefiles/', tags: ['erofs', 'nfs', '9p', 'cachefiles', 'fscache'] },
	{ path: 'fs/fscache/', tags: ['erofs', 'nfs', '9p', 'cifs', 'cachefiles', 'fscache'] },
	{ path: 'fs/netfs/', tags: ['erofs', 'nfs', '9p', 'cifs', 'cachefiles', 'fscache'] },
	{ path: 'include/linux/fscache', tags: ['erofs', 'nfs', '9p', 'cifs', 'cachefiles', 'fscache'] },
	{ path: 'include/linux/netfs.h', tags: ['erofs', 'nfs', '9p', 'cifs', 'cachefiles', 'fscache'] },
	{ path: 'include/trace/events/', tags: ['erofs', 'nfs', '9p', 'cachefiles', 'fscache'] },
	{ path: 'include/uapi/linux/cachefiles.h', tags: ['erofs'] },
	{ path: 'fs/erofs/', tags: ['erofs'] },
	{ path: 'fs/nfs/', tags: ['nfs'] },
	{ path: 'fs/nfs_common/', tags: ['nfs'] },
	{ path: 'fs/nfsd/', tags: ['nfs'] },
	{ path: 'fs/lockd/', tags: ['nfs'] },
	{ path: 'net/sunrpc/', tags: ['nfs'] },
	{ path: 'fs/9p/', tags: ['9p'] },
	{ path: 'net/9p/', tags: ['9p'] },
	{ path: 'include/net/9p/', tags: ['9p'] },
	{ path: 'fs/smb/', tags: ['cifs'] },
	{ path: 'fs/fuse/', tags: ['fuse'] },
	{ path: 'fs/overlayfs/', tags: ['overlay'] },
	// No kernel is built from these.
	{ path: 'Documentation/', tags: [] },
	{ path: 'MAINTAINERS', tags: [] },
	{ path: 'tools/', tags: [] },
];

/** Tags of the suites that can see a change of these files; undefined when one of them is in no row, so that every suite may. */
export function tagsFor(paths: readonly string[]): readonly string[] | undefined {
	const tags = new Set<string>();
	for (const path of paths) {
		const [row] = table.filter((entry) => path.startsWith(entry.path)).sort((a, b) => b.path.length - a.path.length);
		if (!row) return undefined;
		for (const tag of row.tags) tags.add(tag);
	}
	return [...tags].sort();
}

/** Those of `suites` that carry one of the tags; suites that test the runner itself are never among them. */
export function suitesFor(suites: readonly Suite[], tags: readonly string[] | undefined): Suite[] {
	return suites.filter((suite) => !suite.tags.includes('planted') && (tags === undefined || suite.tags.some((tag) => tags.includes(tag))));
}
