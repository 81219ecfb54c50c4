/** The race of withdraw-volume, with the daemon held before each call that the withdrawal makes: no order of the two breaks anything. */

import { scenario } from '../../../runner/suite/scenario.ts';

const actors = { mounter: { cpu: 1, task: 'mount' }, daemon: { cpu: 2, task: 'ondemandd' } };
const functions = ['cachefiles_withdraw_cache', 'cachefiles_withdraw_volume'];
const relinquished = 'mounter leaves __fscache_relinquish_volume';

export default scenario(async (t) => {
	const points = (await Promise.all(functions.map((name) => t.race.calls(name)))).flat();
	let held = 0;
	let orders = 0;
	for (const { place, callee } of points) {
		const point = `daemon reaches ${place}`;
		const race = await t.race.play(
			{
				actors,
				// Where the mount waits for what the daemon has, there is no such order.
				play: [
					{ when: 'mounter reaches __fscache_relinquish_volume', hold: 'mounter', until: [point, 'after 2 s'] },
					{ when: point, hold: 'daemon', until: [relinquished, 'after 300 ms'] },
				],
			},
			{ optional: true },
		);
		const env = { CRUCIBLE_ACTOR_MOUNTER: '1', CRUCIBLE_ACTOR_DAEMON: '2' };
		const { exitCode, stdout } = await t.guest.exec(['/crucible/suites/race-erofs/cases/withdraw-volume.sh'], { env, timeoutMs: 30_000 });
		const { steps } = await race.finish();
		const isHeld = steps[1]?.beganMs !== undefined;
		if (isHeld) held++;
		if (steps[1]?.releasedBy === relinquished) orders++;
		t.note(`${place} ${callee}: ${steps[1]?.outcome}, ended by ${steps[1]?.releasedBy ?? 'nothing'}`);
		const what = isHeld ? `the daemon is held before it calls ${callee}` : `the daemon never comes to call ${callee}`;
		if (!t.ok(exitCode === 0, `${what} (${place})`, stdout)) break;
	}
	t.evidence('sweep_points', points.length);
	t.evidence('held_points', held);
	t.evidence('sweep_orders', orders);
});
