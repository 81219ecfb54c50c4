import { join } from 'node:path';
import test from 'ava';
import { readCorpus } from './corpus.ts';
import { checkout } from './paths.ts';

/** Subtests of which one check says that a bug is there; the others may fail for any reason. */
const subtests = [
	'a READ is not completed by copen',
	'a READ is not completed through the fd of another object',
	'an OPEN that was not taken is not completed',
	'an OPEN whose fd is open is not given a second one',
	'a reader whose READ is in hand can be killed',
	'no OPEN is made of a file that is dropped',
	'an object is dropped though an OPEN of it is new',
	'a mount waits for CLOSEs that are withheld',
	'write goes on where the last write ended',
];
const checks = [
	'the cache is bound',
	'a mounts',
	'a READ is in hand',
	'step 1 of the race begins',
	'every task ends, every cookie is given back',
	'the device can be opened again',
	'page 0 has the right bytes',
];
const innocent = [
	...subtests.flatMap((subtest) => checks.map((check) => `not ok: ${subtest} > ${check}`)),
	...[
		'the daemon binds the cache',
		'poll says so when there is',
		'the daemon was never woken for nothing',
		'the reader makes a request',
		'its reader ends and met no error',
		'the reader ends and met no error',
		'requests meet the fault',
		'warm faults are served by the cache',
		'the cache is alive',
		'fscache is unloaded',
	].map((check) => `not ok: ${check}`),
	'test hang: not done after 90 s; it waits in wait_woken',
	'kernel hang: not done after 90 s; the agent is silent',
	'left over: mount of nfs',
	'splat: BUG: unable to handle kernel NULL pointer dereference in nfs_readdir',
	'splat: BUG: unable to handle kernel paging request in ext4_map_blocks',
	'splat: KASAN: null-ptr-deref Read in p9_client_walk',
	'splat: KASAN: slab-use-after-free Read in nfs4_put_open_state',
	'splat: general protection fault in rpc_wake_up',
];

test('no sign of a known bug fits what fails for other reasons', async (t) => {
	for (const { id, signs } of await readCorpus(join(checkout.suites, 'known-bugs')))
		for (const sign of signs)
			t.deepEqual(
				innocent.filter((line) => new RegExp(sign).test(line)),
				[],
				`${id}: ${sign}`,
			);
});

test('the signs fit what the bugs show', async (t) => {
	const bugs = await readCorpus(join(checkout.suites, 'known-bugs'));
	const fits = (id: string, line: string) => bugs.find((bug) => bug.id === id)?.signs.some((sign) => new RegExp(sign).test(line));
	for (const [id, line] of [
		['01', 'not ok: a READ is not completed by copen > copen of a READ'],
		['06', 'not ok: an OPEN whose fd is open is not given a second one > to take it again fails, for its fd is open'],
		['10', 'not ok: no OPEN is made of a file that is dropped > every cookie is given back, and no OPEN is waited for'],
		['15', 'not ok: poll says there is nothing to take'],
		['16', 'not ok: the first is an OPEN, not a READ'],
		['17', 'not ok: 50 daemons die, each at its order'],
		['18', 'not ok: the READ is still there to be answered'],
		['20', 'not ok: write goes on where the last write ended > and was in the cache'],
		['23', 'splat: general protection fault in cachefiles_ondemand_init_object'],
		['38', 'splat: general protection fault in cachefiles_resize_cookie'],
		['41', 'splat: KASAN: vmalloc-out-of-bounds Write in __run_timers'],
		['41', 'splat: BUG: unable to handle kernel paging request in enqueue_timer'],
		['46', 'splat: KASAN: slab-use-after-free Write in netfs_free_request'],
		['69', 'left over: 1 in /proc/fs/fscache/volumes: 00000001 2 1 0 cifs,server,share'],
	] as const)
		t.true(fits(id, line), `${id}: ${line}`);
});
