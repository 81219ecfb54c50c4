/**
 * A cookie is given back while it leaves the LRU: the LRU's worker and the cookie's own are held before each call that they make. A report of
 * 2021 (KASAN: use-after-free in fscache_unhash_cookie) had the cookie freed by one worker and unhashed by the next.
 */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withStage } from './unhash-stage.ts';

const relinquished = 'dropper leaves __fscache_relinquish_cookie';
const unhashed = ['one leaves fscache_unhash_cookie', 'other leaves fscache_unhash_cookie'];

/** Where others may come in between: not under a lock, which they would wait for. */
const telling = /^(?:_raw_spin_lock|queue_work|fscache_|__fscache_|wake_up|\*|__x86_indirect)/;

const lru = 'worker reaches fscache_cookie_lru_worker';

export default scenario(async (t) => {
	const callsOf = async (names: readonly string[]) =>
		(await Promise.all(names.map((name) => t.race.calls(name)))).flat().filter(({ callee }) => telling.test(callee));
	// The LRU's worker goes on when the cookie is unhashed, the cookie's own when the cookie was given back: the rest is for itself to do.
	const ofLru = (await callsOf(['fscache_cookie_lru_worker', '__fscache_withdraw_cookie'])).map((call) => ({ call, until: unhashed }));
	const ofCookie = (await callsOf(['fscache_cookie_worker'])).map((call) => ({ call, until: [relinquished] }));

	await withStage(t, async (play) => {
		// Most calls are for other states of a cookie: one play without holds tells which come.
		const all = [...ofLru, ...ofCookie];
		const scout = await play(
			'scout',
			all.map(({ call }) => ({ when: `worker reaches ${call.place}`, after: lru })),
		);
		t.ok(scout.isFine, 'nobody is held', scout.stdout);
		const points = all.filter((_, index) => scout.played[index]?.outcome === 'kept');
		const endedBy: (string | undefined)[] = [];
		let held = 0;
		for (const [index, { call, until }] of points.entries()) {
			const when = `worker reaches ${call.place}`;
			const { isFine, stdout, played } = await play(`file-${index}`, [
				{ when, after: lru, hold: 'worker', until: [...until, 'after 2 s'] },
			]);
			const isHeld = played[0]?.beganMs !== undefined;
			if (isHeld) held++;
			endedBy.push(played[0]?.releasedBy);
			t.note(`${call.place} ${call.callee}: ${played[0]?.outcome}, ended by ${played[0]?.releasedBy ?? 'nothing'}`);
			const what = isHeld ? `a worker is held before it calls ${call.callee}` : `no worker comes to call ${call.callee}`;
			if (!t.ok(isFine, `${what} (${call.place})`, stdout)) break;
		}
		t.evidence('sweep_points', points.length);
		t.evidence('held_points', held);
		t.evidence('given_back_meanwhile', endedBy.filter((by) => by === relinquished).length);
		t.evidence('unhashed_meanwhile', endedBy.filter((by) => by !== undefined && unhashed.includes(by)).length);
	});
});
