import test from 'ava';
import { formatSplat } from './format-splat.ts';

test('a splat is shown with who, where and each stack', (t) => {
	t.is(
		formatSplat({
			kind: 'KASAN',
			title: 'KASAN: slab-use-after-free Read in fscache_withdraw_volume',
			fingerprint: '0123456789ab',
			isFailure: true,
			task: { comm: 'umount', pid: 812 },
			cpu: 1,
			guestTime: 12.1,
			stacks: [
				{
					role: 'access',
					note: 'Workqueue: x',
					frames: [
						{ function: 'fscache_see', module: 'netfs', inlined: true, file: 'fs/netfs/internal.h', line: 30 },
						{
							function: 'fscache_withdraw_volume',
							offset: 0x9e,
							size: 0x160,
							module: 'netfs',
							file: 'fs/netfs/fscache_volume.c',
							line: 472,
						},
						{ function: 'kthread', offset: 1, size: 2, unreliable: true },
					],
				},
			],
			text: '',
		}),
		`KASAN: slab-use-after-free Read in fscache_withdraw_volume
  task umount/812, CPU 1, at 12.100000 s, fingerprint 0123456789ab

  access (Workqueue: x):
    fscache_see [netfs] (inlined)               fs/netfs/internal.h:30
    fscache_withdraw_volume+0x9e/0x160 [netfs]  fs/netfs/fscache_volume.c:472
    ? kthread+0x1/0x2`,
	);
});

test('hostile names of tasks do no harm', (t) => {
	const text = formatSplat({
		kind: 'BUG',
		title: 'BUG: x',
		fingerprint: '0123456789ab',
		isFailure: false,
		task: { comm: 'a\u001b[2Jb\nc' },
		stacks: [],
		text: '',
	});
	t.is(text, 'BUG: x\n  task ab c, fingerprint 0123456789ab, not a failure');
});
