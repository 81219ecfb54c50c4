/** A scenario arms a fault of the guest and one of QEMU; neither fires, and all checks hold. */

import { scenario } from '../../../runner/suite/scenario.ts';

export default scenario(async (t) => {
	const fault = await t.fault.arm('broken');
	t.ok((await fault.fired()) === 0, 'the fault has not fired');
	await t.fault.arm('on-the-spot', { kind: 'disk-throttled', disk: 'cache', perSecond: 1000 });
	t.evidence('seen', 1);
});
