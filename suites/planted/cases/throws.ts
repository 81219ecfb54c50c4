/** A scenario with a bug, after a check that holds. */

import { scenario } from '../../../runner/suite/scenario.ts';

export default scenario(async (t) => {
	t.ok(true, 'a check that holds');
	throw new TypeError('planted');
});
