/** A cached 9p mount on which cookies leave the LRU while they are given back, in many plays. */

import type { RaceStep } from '../../../runner/model/race.ts';
import type { ScenarioContext } from '../../../runner/suite/scenario.ts';

const actors = {
	dropper: { cpu: 1 },
	one: { cpu: 2, task: 'kworker/u*' },
	other: { cpu: 3, task: 'kworker/u*' },
	worker: { task: 'kworker/u*' },
};
const cases = '/crucible/suites/race-ninep/cases';

const closed = { when: 'mark the file is closed', leap: 11 };

export interface UnhashPlay {
	readonly isFine: boolean;
	readonly stdout: string;
	/** Of the steps that were given. */
	readonly played: readonly RaceStep[];
}

/** Runs `body` with the stage set; one play is of a file of its own, and is optional. */
export async function withStage(
	t: ScenarioContext,
	body: (play: (file: string, steps: readonly object[]) => Promise<UnhashPlay>) => Promise<void>,
): Promise<void> {
	const env = { CRUCIBLE_ACTOR_DROPPER: '1' };
	const stage = t.guest.exec([`${cases}/unhash-stage.sh`], { env, timeoutMs: 240_000 });
	await t.guest.sh('. "$CRUCIBLE_LIB/wait.sh"; wait_until 20 "the mount" [ -e ready ]; head -c 8192 /dev/urandom >content');
	await body(async (file, steps) => {
		await t.guest.sh(`cp content mnt/${file}`);
		const race = await t.race.play({ actors, play: [closed, ...steps] }, { optional: true });
		const { exitCode, stdout } = await t.guest.exec([`${cases}/unhash-play.sh`, file], { env, timeoutMs: 40_000 });
		const [, ...played] = (await race.finish()).steps;
		return { isFine: exitCode === 0, stdout, played };
	});
	await t.guest.sh('echo over >over');
	const { exitCode, stdout } = await stage;
	t.ok(exitCode === 0, 'mount and cache end', stdout);
}
