/** The guest of these scenarios: runs the verbs of guest.sh, and counts what the server, QEMU itself, was asked meanwhile. */

import type { ScenarioContext } from '../../../runner/suite/scenario.ts';

export interface Reading {
	/** As `hashOfTree` gives it for the host's side. */
	readonly hash: string;
	readonly cacheReads: number;
	readonly cacheWrites: number;
	readonly serverBytes: number;
}

export interface Client {
	/** A verb of guest.sh; what it printed, by name. */
	readonly verb: (line: string) => Promise<ReadonlyMap<string, string>>;
	readonly read: () => Promise<Reading>;
}

/** Runs `body` with a cache on the disk `cache`, and leaves the guest as it was, whatever `body` did. */
export async function withClient(t: ScenarioContext, body: (client: Client) => Promise<void>): Promise<void> {
	const verb: Client['verb'] = async (line) => {
		const output = await t.guest.sh(`/crucible/suites/ninep-faults/cases/guest.sh ${line}`);
		return new Map(output.split('\n').map((one) => [one.split(' ')[0] ?? '', one.slice(one.indexOf(' ') + 1)]));
	};
	const read: Client['read'] = async () => {
		const before = await t.ninep.reads();
		const values = await verb('read');
		const after = await t.ninep.reads();
		return {
			hash: values.get('hash') ?? '',
			cacheReads: Number(values.get('cache_reads')),
			cacheWrites: Number(values.get('cache_writes')),
			serverBytes: after.bytes - before.bytes,
		};
	};
	try {
		await verb('start');
		await body({ verb, read });
	} finally {
		if (!t.signal.aborted) await verb('stop');
	}
}
