/** Faults that a case need not know of: the runner arms them around it, whatever the case does. */

import { z } from 'zod';
import { type Fault, faultSchema } from './fault.ts';

/** Those that ask nothing of the case, neither a device to mount nor a process to be there. */
export const backgroundKinds: readonly Fault['kind'][] = [
	'caches-dropping',
	'memory-pressure',
	'disk-throttled',
	'slab-failure',
	'page-failure',
];

/** The name that its evidence carries: fault_background_fired. */
export const backgroundName = 'background';

/** Reads `KIND[,KEY=VALUE...]`, such as `memory-pressure,leaveMiB=256`; a string is what is wrong with it. */
export function parseBackground(text: string): Fault | string {
	const [kind = '', ...words] = text.split(',');
	if (!backgroundKinds.some((known) => known === kind))
		return `"${kind}" is no fault that a case can be put under; those are ${backgroundKinds.join(', ')}`;
	const entries: [string, string | number][] = [];
	for (const word of words) {
		const [, key = '', value = ''] = /^(\w+)=(.+)$/.exec(word) ?? [];
		if (key === '') return `"${word}" is not KEY=VALUE`;
		entries.push([key, /^\d+$/.test(value) ? Number(value) : value]);
	}
	const parsed = faultSchema.safeParse({ kind, ...Object.fromEntries(entries) });
	return parsed.success ? parsed.data : `"${text}": ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}`;
}

/** As parseBackground reads it. */
export function formatBackground({ kind, fires, ...rest }: Fault): string {
	const more = fires === 1 ? rest : { ...rest, fires };
	return [kind, ...Object.entries(more).map(([key, value]) => `${key}=${value}`)].join(',');
}
