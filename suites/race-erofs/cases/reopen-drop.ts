/**
 * The race of reopen-drop.sh: the worker that is to open an object again is held until the other worker waits for it, or has dropped the
 * object of the image without that. Which of its idle workers the kernel takes, and where that one last ran, is not for us to say: where
 * it is the CPU that is held, the play cannot happen, and another is made.
 */

import { scenario } from '../../../runner/suite/scenario.ts';

const mostPlays = 8;
const actors = {
	// Two CPUs for unbound workers: one may be held, and the other drops the object.
	one: { cpu: 2, task: 'kworker/u*' },
	other: { cpu: 3, task: 'kworker/u*' },
	opener: { task: 'kworker/u*' },
	dropper: { task: 'kworker/u*' },
};
const until = ['dropper reaches wait_for_completion', 'dropper leaves cachefiles_withdraw_cookie'];

export default scenario(async (t) => {
	let reached = 0;
	let plays = 0;
	while (reached === 0 && plays < mostPlays) {
		plays++;
		const race = await t.race.play(
			{ actors, play: [{ when: 'opener reaches ondemand_object_worker', hold: 'opener', until }] },
			{ optional: true },
		);
		const folder = (await t.guest.sh('mktemp -d -p "$PWD"')).trim();
		const { exitCode, stdout } = await t.guest.exec(['/crucible/suites/race-erofs/cases/reopen-drop.sh'], {
			cwd: folder,
			timeoutMs: 40_000,
		});
		const [step] = (await race.finish()).steps;
		t.note(`play ${plays}: ${step?.outcome}, ended by ${step?.releasedBy ?? 'nothing'}`);
		if (!t.ok(exitCode === 0, `the object is dropped, play ${plays}`, stdout)) break;
		if (step?.outcome !== 'kept') continue;
		reached++;
		// Otherwise the OPEN may be answered when the object has just gone, and be refused.
		t.ok(/evidence: failures 0$/m.test(stdout), 'the daemon has nothing to complain of', stdout);
	}
	t.evidence('reached', reached);
	t.evidence('plays', plays);
});
