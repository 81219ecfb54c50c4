/** The kernel and initramfs that integration tests boot. */

import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { buildImage } from '../image/initramfs.ts';

/** A vmlinux with KASAN and virtio built in, and the initramfs of images/base. */
export async function testKernel(): Promise<{ vmlinux: string; initrd: string }> {
	const { path } = await buildImage('base', { cacheDir: folders.cache, checkout: checkout.top });
	return { vmlinux: join(folders.cache, 'test-kernel/vmlinux'), initrd: path };
}
