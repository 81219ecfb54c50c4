/** The race of read-teardown.sh, with the daemon held before each access of memory between letting go of the requests and its answer. */

import { memoryAccess } from '../../../runner/race/calls.ts';
import { scenario } from '../../../runner/suite/scenario.ts';

const actors = { daemon: { cpu: 1, task: 'ondemandd' }, closer: { cpu: 2, task: 'fdhold' }, worker: { cpu: 3, task: 'kworker/u*' } };
const dropped = 'worker leaves cachefiles_withdraw_cookie';

export default scenario(async (t) => {
	const calls = await t.race.calls('cachefiles_ondemand_daemon_read', { accesses: true });
	const copies = calls.findIndex(({ callee }) => callee === '_copy_to_user');
	const before = calls.slice(0, copies).findLastIndex(({ callee }) => !memoryAccess.test(callee));
	const points = calls.slice(before + 1, copies);
	let kept = 0;
	for (const { place, callee } of points) {
		const race = await t.race.play({
			actors,
			deadline: 20,
			play: [{ when: `daemon reaches ${place}`, after: 'mark the daemon reads', hold: 'daemon', until: dropped }],
		});
		const env = { CRUCIBLE_ACTOR_DAEMON: '1', CRUCIBLE_ACTOR_CLOSER: '2' };
		const folder = (await t.guest.sh('mktemp -d -p "$PWD"')).trim();
		const script = '/crucible/suites/race-erofs/cases/read-teardown.sh';
		const { exitCode, stdout } = await t.guest.exec([script], { env, cwd: folder, timeoutMs: 40_000 });
		const { steps } = await race.finish();
		if (steps[0]?.outcome === 'kept') kept++;
		t.note(`${place} ${callee}: ${steps[0]?.outcome}, ended by ${steps[0]?.releasedBy ?? 'nothing'}`);
		if (!t.ok(exitCode === 0, `the daemon is held before ${place} (${callee})`, stdout)) break;
	}
	t.evidence('sweep_points', points.length);
	t.evidence('sweep_orders', kept);
});
