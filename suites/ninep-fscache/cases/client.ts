/** The 9p client of these scenarios: runs the verbs of client.sh and counts what the server, QEMU itself, was asked meanwhile. */

import type { ScenarioContext } from '../../../runner/suite/scenario.ts';

/** What one pass over all files took. Counts are operations, bytes are what the server's answers held. */
export interface Reading {
	/** As `hashOfTree` gives it for the host's side. */
	readonly hash: string;
	readonly cacheReads: number;
	readonly cacheWrites: number;
	readonly serverRequests: number;
	readonly serverBytes: number;
}

export interface Client {
	/** Mounts the share `export`; `mode` is 9p's cache option. */
	readonly mount: (mode: 'fscache' | 'mmap') => Promise<void>;
	readonly read: () => Promise<Reading>;
	readonly hold: () => Promise<void>;
	/** Pages of the files in the page cache, before and after it was dropped. */
	readonly drop: () => Promise<{ readonly before: number; readonly after: number }>;
	/** Overwrites the start of a file; data longer than the file makes it grow. */
	readonly write: (file: string, data: Uint8Array) => Promise<void>;
	/** Unmounts; what the cache then holds on disk. */
	readonly umount: () => Promise<{ readonly cacheFiles: number; readonly cacheBytes: number }>;
}

/** Runs `body` with a cache on the disk `cache`, and leaves the guest as it was, whatever `body` did. */
export async function withClient(t: ScenarioContext, body: (client: Client) => Promise<void>): Promise<void> {
	const verb = async (line: string, stdin?: Uint8Array) => {
		const output = await t.guest.sh(`/crucible/suites/ninep-fscache/cases/client.sh ${line}`, stdin && { stdin });
		return valuesOf(output);
	};
	try {
		await verb(`start ${t.disk('cache')}`);
		await body({
			async mount(mode) {
				await verb(`mount export ${mode}`);
			},
			async read() {
				const before = await t.ninep.reads();
				const values = await verb('read');
				const after = await t.ninep.reads();
				return {
					hash: values.get('hash') ?? '',
					cacheReads: Number(values.get('cache_reads')),
					cacheWrites: Number(values.get('cache_writes')),
					serverRequests: after.requests - before.requests,
					serverBytes: after.bytes - before.bytes,
				};
			},
			async hold() {
				await verb('hold');
			},
			async drop() {
				const values = await verb('drop');
				return { before: Number(values.get('resident_before')), after: Number(values.get('resident_after')) };
			},
			async write(file, data) {
				await verb(`write ${file}`, data);
			},
			async umount() {
				const values = await verb('umount');
				return { cacheFiles: Number(values.get('cache_files')), cacheBytes: Number(values.get('cache_bytes')) };
			},
		});
	} finally {
		if (!t.signal.aborted) await verb('stop');
	}
}

/** `key value` lines. */
function valuesOf(output: string): Map<string, string> {
	return new Map(
		output
			.split('\n')
			.filter((line) => line.includes(' '))
			.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
	);
}
