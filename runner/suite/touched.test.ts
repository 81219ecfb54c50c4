import test from 'ava';
import { checkout } from '../config/paths.ts';
import { loadSuites } from './load.ts';
import { suitesFor, tagsFor } from './touched.ts';

test('the longest path decides', (t) => {
	t.deepEqual(tagsFor(['fs/cachefiles/ondemand.c']), ['erofs', 'ondemand']);
	t.true(tagsFor(['fs/cachefiles/volume.c'])?.includes('nfs'));
});

test('several files add up, and one that nobody knows concerns all', (t) => {
	t.deepEqual(tagsFor(['fs/9p/vfs_inode.c', 'fs/fuse/file.c']), ['9p', 'fuse']);
	t.is(tagsFor(['fs/9p/vfs_inode.c', 'mm/filemap.c']), undefined);
	t.deepEqual(tagsFor(['fs/9p/vfs_inode.c', 'Documentation/filesystems/9p.rst']), ['9p'], 'what is not built concerns none');
});

test('our own suites are found by their tags, planted faults never', async (t) => {
	const suites = await loadSuites(checkout.suites);
	const names = (paths: readonly string[]) => suitesFor(suites, tagsFor(paths)).map(({ name }) => name);
	t.true(names(['fs/fuse/file.c']).includes('virtiofs'));
	t.false(names(['fs/fuse/file.c']).includes('nfs-fsc'));
	t.true(names(['kernel/fork.c']).length > 3);
	t.false(names(['kernel/fork.c']).includes('planted'));
});
