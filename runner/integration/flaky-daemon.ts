/** fs/cachefiles/daemon.c with a failure that comes now and then. */

export const daemonSource = 'fs/cachefiles/daemon.c';

/** Its text with an opening of /dev/cachefiles that fails with EIO `inTen` times in ten. Throws where the text has changed. */
export function flakyDaemon(text: string, inTen: number): string {
	const include = '#include <linux/module.h>\n';
	const check = '\tif (!capable(CAP_SYS_ADMIN))\n\t\treturn -EPERM;\n';
	for (const needed of [include, check])
		if (!text.includes(needed)) throw new Error(`${daemonSource} has changed: it has no ${JSON.stringify(needed)}`);
	return text
		.replace(include, `${include}#include <linux/random.h>\n`)
		.replace(check, `${check}\tif (get_random_u32() % 10 < ${inTen})\n\t\treturn -EIO;\n`);
}
