/** Walks over the allocations below cachefiles: each fails once in a round of its own, and the reader must not notice. */

import { scenario } from '../../../runner/suite/scenario.ts';

/** Sites per run: each costs a cache, a mount and a read. The distance grows, since most allocations are those of I/O, over and over. */
const nths = [1, 2, 3, 4, 5, 7, 9, 12, 16, 24, 40, 64];

export default scenario(async (t) => {
	const verb = async (word: string) => {
		const output = await t.guest.sh(`/crucible/suites/cachefiles-faults/cases/sweep.sh ${word}`);
		return new Map(output.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
	};
	try {
		const wanted = (await verb('begin')).get('hash');
		const sites = new Set<string>();
		for (const nth of nths) {
			const fault = await t.fault.arm(`nth-${nth}`, { kind: 'slab-failure', module: 'cachefiles', nth }, { optional: true });
			const round = await verb('round');
			const fired = await fault.disarm();
			const site = round.get('site') ?? '';
			if (fired > 0) sites.add(site);
			t.ok(round.get('hash') === wanted, `allocation ${nth} fails${fired > 0 ? ` in ${site}` : ' nowhere'}: the content is right`);
			await verb('anew');
		}
		t.evidence('sites', sites.size);
	} finally {
		if (!t.signal.aborted) await verb('end');
	}
});
