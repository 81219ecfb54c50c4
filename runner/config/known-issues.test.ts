import test from 'ava';
import type { Splat } from '../model/run.ts';
import { acceptedBy, isToldBy, type KnownIssue, readKnownIssues, staleIssues } from './known-issues.ts';
import { checkout } from './paths.ts';

const issue: KnownIssue = {
	id: 'oob',
	title: '^KASAN: slab-out-of-bounds .*in nfs_fscache_init_inode$',
	frames: [],
	kernels: ['6.1'],
	suites: ['nfs-fsc'],
	isFatal: false,
	reason: 'r',
	link: 'l',
	until: '2027-06-30',
};
const splat: Splat = {
	kind: 'KASAN',
	title: 'KASAN: slab-out-of-bounds Write in nfs_fscache_init_inode',
	fingerprint: '',
	isFailure: true,
	stacks: [{ role: 'access', frames: [{ function: 'nfs_fhget' }] }],
	text: '',
};

test('a known issue accepts its splat on its kernel until it expires', (t) => {
	t.is(acceptedBy([issue], splat, '6.1.192', '2026-11-21')?.id, 'oob');
	t.is(acceptedBy([issue], splat, '6.12.117', '2026-11-21'), undefined);
	t.is(acceptedBy([issue], splat, '6.1.192', '2027-07-01'), undefined);
});

test('a known issue accepts no other splat', (t) => {
	t.is(acceptedBy([issue], { ...splat, title: `${splat.title}_more` }, '6.1.192', '2026-11-21'), undefined);
	t.is(acceptedBy([{ ...issue, frames: ['nfs_open'] }], splat, '6.1.192', '2026-11-21'), undefined);
	t.is(acceptedBy([{ ...issue, frames: ['nfs_fhget'] }], splat, '6.1.192', '2026-11-21')?.id, 'oob');
});

test('an expired entry and one that did not show are told', (t) => {
	const ran = [{ release: '6.1.192', matched: new Set<string>(), couldShow: () => true }];
	t.regex(staleIssues([issue], '2026-11-21', ran)[0] ?? '', /did not show on 6\.1\.192/);
	t.regex(staleIssues([issue], '2028-01-01', ran)[0] ?? '', /expired on 2027-06-30/);
	t.deepEqual(
		staleIssues([issue], '2026-11-21', [{ ...ran[0], release: '6.12.1', matched: new Set<string>(), couldShow: () => true }]),
		[],
	);
});

test('a report that a debug fragment makes is told by kernels with that fragment only', (t) => {
	t.true(isToldBy(issue, 'kasan+faults'));
	for (const config of ['lockdep', 'kcsan', 'plain']) t.false(isToldBy(issue, config), config);
	for (const [title, config] of [
		['^KCSAN: data-race in a / b$', 'kcsan'],
		['^possible deadlock in nfs_foo$', 'lockdep'],
		['^WARNING: suspicious RCU usage in nfs_foo$', 'lockdep'],
		['^memory leak in nfs_foo$', 'kmemleak'],
	] as const) {
		t.true(isToldBy({ ...issue, title }, config), title);
		t.false(isToldBy({ ...issue, title }, 'faults'), title);
	}
	t.true(isToldBy({ ...issue, title: '^WARNING in ext4_journal_check_start$' }, 'plain'));
});

test('the project’s own list reads', async (t) => {
	t.true((await readKnownIssues(`${checkout.suites}/known-issues.yaml`)).length > 0);
});
