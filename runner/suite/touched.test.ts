import { join } from 'node:path';
import test from 'ava';
import { readCorpus } from '../config/corpus.ts';
import { checkout } from '../config/paths.ts';
import { readSeries } from '../kernel/read-series.ts';
import { loadSuites } from './load.ts';
import { suitesFor, tagsFor } from './touched.ts';

test('the longest path decides', (t) => {
	t.deepEqual(tagsFor(['fs/cachefiles/ondemand.c']), ['cachefiles', 'erofs', 'fscache']);
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

test('each known bug concerns a suite with a case that catches it', async (t) => {
	const corpus = join(checkout.suites, 'known-bugs');
	const suites = await loadSuites(checkout.suites);
	for (const bug of await readCorpus(corpus))
		for (const { m } of Object.values(bug.patches)) {
			const patches = await readSeries([join(corpus, m)]);
			const found = suitesFor(suites, tagsFor(patches.flatMap(({ touches }) => touches)));
			t.true(
				found.some((suite) => suite.cases.some((entry) => bug.cases.includes(`${suite.name}/${entry.name}`))),
				`${m}: ${found.map(({ name }) => name).join(', ')}`,
			);
		}
});
