/** Debian's own kernel source: the package linux-source-X.Y, and the tarball it installs. */

import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';

/** Version of the installed package, and its tarball. Throws UserError with the apt-get line when it is not installed. */
export async function findDebianSource(series: string, signal?: AbortSignal): Promise<{ version: string; archive: string }> {
	const name = `linux-source-${series}`;
	const archive = `/usr/src/${name}.tar.xz`;
	const missing = new UserError(`debian:${series} needs the package ${name}, which is not installed`, { hint: `apt-get install ${name}` });
	if (!(await exists('/usr/bin/dpkg-query')))
		throw new UserError(`debian:${series} works on Debian only: there is no dpkg-query`, {
			hint: 'give a directory, a tarball or a git repository',
		});
	// "6.12.117-1~deb12u1 installed"
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own syntax
	const query = await exec('dpkg-query', ['--show', '--showformat', '${Version} ${db:Status-Status}', name], {
		allowFailure: true,
		signal,
	});
	const [version, status] = query.stdout.split(' ');
	if (query.exitCode !== 0 || status !== 'installed' || !version || !(await exists(archive))) throw missing;
	return { version, archive };
}
