/** A race at a function that no kernel has, after a check that holds. */

import { scenario } from '../../../runner/suite/scenario.ts';

export default scenario(async (t) => {
	t.ok(true, 'a check that holds');
	await t.race.play({ actors: {}, play: [{ when: 'anyone reaches planted_nowhere', hold: 'anyone', until: 'mark never' }] });
});
