/** How large a guest sees a disk. */

import { open } from 'node:fs/promises';
import { InfraError } from '../util/errors.ts';
import type { Disk } from './machine-spec.ts';

/** Bytes. An InfraError when the file is not what the disk says. */
export async function diskSize({ path, format }: Pick<Disk, 'path' | 'format'>): Promise<number> {
	const file = await open(path);
	try {
		if (format === 'raw') return (await file.stat()).size;
		// QEMU's docs/interop/qcow2.txt: magic at 0, virtual size at 24, big-endian.
		const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
		if (bytesRead < 32 || buffer.readUInt32BE(0) !== 0x51_46_49_fb) throw new InfraError(`${path} is not a qcow2 file`);
		return Number(buffer.readBigUInt64BE(24));
	} finally {
		await file.close();
	}
}
