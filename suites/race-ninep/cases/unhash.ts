/**
 * A cookie is given back while it leaves the LRU: the LRU's worker is held when it has taken the cookie from the list, and goes on, to give
 * up its reference, while the cookie's own worker is held at the moment of unhashing it. A report of 2021 (KASAN: use-after-free in
 * fscache_unhash_cookie) had the cookie freed by one worker and unhashed by the next.
 *
 * Which of its idle workers the kernel takes, and where that one last ran, is not for us to say: where it is the CPU that is held, the play
 * cannot happen, and another is made.
 */

import { scenario } from '../../../runner/suite/scenario.ts';
import { withStage } from './unhash-stage.ts';

const mostPlays = 8;
const unhashing = 'worker reaches fscache_unhash_cookie';
const lru = 'worker leaves fscache_cookie_lru_worker';

export default scenario((t) =>
	withStage(t, async (play) => {
		let reached = 0;
		let plays = 0;
		while (reached === 0 && plays < mostPlays) {
			plays++;
			const { isFine, stdout, played } = await play(`file-${plays}`, [
				{
					when: 'worker reaches __fscache_withdraw_cookie',
					after: 'worker reaches fscache_cookie_lru_worker',
					hold: 'worker',
					until: unhashing,
				},
				{ when: unhashing, hold: 'worker', until: lru },
			]);
			const [first, second] = played;
			t.note(`play ${plays}: ${played.map(({ outcome, releasedBy }) => `${outcome}, ended by ${releasedBy ?? 'nothing'}`).join('; ')}`);
			if (first?.releasedBy === unhashing && second?.releasedBy === lru) reached++;
			if (!t.ok(isFine, `the cookie is given back, play ${plays}`, stdout)) break;
		}
		t.evidence('reached', reached);
		t.evidence('plays', plays);
	}),
);
