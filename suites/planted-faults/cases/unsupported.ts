/** A scenario asks for a fault that no kernel has. */

import { scenario } from '../../../runner/suite/scenario.ts';

export default scenario(async (t) => {
	await t.fault.arm('broken', { kind: 'function-failure', function: 'no_such_function', returns: -12 });
	t.ok(false, 'never reached');
});
