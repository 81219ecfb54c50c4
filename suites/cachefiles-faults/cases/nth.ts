/**
 * Walks over what a system call asks of allocators: the nth request fails, for each n until there is no nth any more. A row says who asked
 * and what the kernel did: the call fails by ENOMEM, or works as if nothing had been. Either way the next one, in which nothing fails, works.
 */

import { type ScenarioContext, scenario } from '../../../runner/suite/scenario.ts';

/** Nobody asks for more; a call that goes on failing without an end is a failure. */
const mostRequests = 400;
const enomem = 12;

export const sweepOf = (call: 'mount' | 'read') =>
	scenario(async (t) => {
		const verb = verbs(t);
		const begun = await verb('begin');
		const lacks = begun.get('lacks');
		if (lacks !== undefined) t.skip(lacks);
		try {
			const wanted = begun.get('hash');
			const sites = new Set<string>();
			for (let nth = 1; nth <= mostRequests; nth++) {
				const broken = await verb(`${call} ${nth}`);
				if (broken.get('fired') === '0') {
					t.ok(broken.get('errno') === '0' && broken.get('hash') === wanted, `request ${nth} is none: the ${call} works`);
					t.evidence('reached_the_end', 1);
					break;
				}
				const errno = Number(broken.get('errno'));
				const site = broken.get('site') || 'a place that wants no dump';
				sites.add(site);
				const outcome = errno === 0 ? 'works' : errno === enomem ? 'fails by ENOMEM' : `fails by errno ${errno}`;
				const sound = await verb('sound');
				const isRight = errno === 0 ? broken.get('hash') === wanted : errno === enomem;
				const detail = `${JSON.stringify([...broken])}, then ${JSON.stringify([...sound])}`;
				const isFine = t.ok(
					isRight && sound.get('hash') === wanted,
					`request ${nth}, of ${site}: the ${call} ${outcome}, the next one works`,
					detail,
				);
				if (!isFine && sound.get('hash') !== wanted) break;
			}
			t.evidence('sites', sites.size);
			t.evidence('cache_reads_at_last', (await verb('sound')).get('cache_reads') ?? 0);
		} finally {
			if (!t.signal.aborted) await verb('end');
		}
	});

function verbs(t: ScenarioContext) {
	return async (words: string): Promise<ReadonlyMap<string, string>> => {
		const output = await t.guest.sh(`/crucible/suites/cachefiles-faults/cases/nth.sh ${words}`);
		return new Map(output.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
	};
}
