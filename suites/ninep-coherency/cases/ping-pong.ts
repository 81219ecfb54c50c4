/**
 * Producer and consumer over QEMU's server, in turn and both ways: what the host writes, the guest reads when it opens the file; what
 * the guest writes, the host reads when the guest has closed it. Linux 6.8 read stale content here (LP #2056461).
 */

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ScenarioContext, scenario } from '../../../runner/suite/scenario.ts';

/** Lengths of the rounds' messages: longer, shorter, the same, over pages and back. */
const lengths = [10, 5000, 4096, 4096, 1, 20_000, 4097, 4097];

const mountpoint = '/run/mnt';

function message(seed: number, length: number): Buffer {
	const block = createHash('sha256').update(String(seed)).digest('hex');
	return Buffer.from(block.repeat(Math.ceil(length / block.length)).slice(0, length));
}

async function rounds(t: ScenarioContext, mode: string): Promise<number> {
	const question = join(t.share('export'), `question-${mode}`);
	const answer = join(t.share('export'), `answer-${mode}`);
	let stale = 0;
	for (const [round, length] of lengths.entries()) {
		const sent = message(t.seed + round, length);
		await writeFile(question, sent);
		// The guest answers with what it reads, and its length as stat has it.
		const size = await t.guest.sh(
			`cat ${mountpoint}/question-${mode} >${mountpoint}/answer-${mode} && stat -c %s ${mountpoint}/question-${mode}`,
		);
		const received = await readFile(answer);
		if (!received.equals(sent) || Number(size) !== length) {
			stale++;
			t.note(`${mode}: round ${round}: sent ${length} bytes, the guest saw ${size.trim()}, answered ${received.length}`);
		}
	}
	return stale;
}

export default scenario(async (t) => {
	const known = await t.guest.sh("grep -q ' v9fs_file_splice_read' /proc/kallsyms && echo none readahead mmap || echo none mmap");
	const before = await t.ninep.reads();
	let count = 0;
	for (const mode of known.trim().split(' ')) {
		await t.guest.sh(`mkdir -p ${mountpoint} && mount -t 9p -o trans=virtio,version=9p2000.L,cache=${mode} export ${mountpoint}`);
		try {
			const stale = await rounds(t, mode);
			t.ok(stale === 0, `${mode}: nothing stale is read on either side`, `${stale} of ${lengths.length} rounds`);
			count += lengths.length;
		} finally {
			if (!t.signal.aborted) await t.guest.sh(`umount ${mountpoint}`);
		}
	}
	const after = await t.ninep.reads();
	t.evidence('rounds', count);
	t.evidence('server_reads', after.requests - before.requests);
});
