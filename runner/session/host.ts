/** What the host needs, and how it gets there: as root by apt-get, otherwise by the one line the user pastes. */

import { access, constants, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { environment, folders } from '../config/settings.ts';
import { messageOf, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';

/** A file or program, the Debian package that brings it, and what it is for. */
export interface HostNeed {
	/** A program on the PATH, or an absolute path. */
	readonly probe: string;
	readonly package: string;
	readonly why: string;
}

const always: readonly HostNeed[] = [
	{ probe: 'gcc', package: 'gcc', why: 'builds the kernel and the guest programs' },
	{ probe: '/usr/include/x86_64-linux-gnu/sys/types.h', package: 'libc6-dev', why: 'guest programs' },
	{ probe: 'make', package: 'make', why: 'kernel build' },
	{ probe: 'flex', package: 'flex', why: 'kernel build (kconfig)' },
	{ probe: 'bison', package: 'bison', why: 'kernel build (kconfig)' },
	{ probe: 'bc', package: 'bc', why: 'kernel build' },
	{ probe: 'perl', package: 'perl', why: 'kernel build' },
	{ probe: 'python3', package: 'python3', why: 'kernel build' },
	{ probe: 'xz', package: 'xz-utils', why: 'kernel sources' },
	{ probe: 'git', package: 'git', why: 'kernels from git repositories' },
	{ probe: 'rsync', package: 'rsync', why: 'patching a copy of a folder' },
	{ probe: 'patch', package: 'patch', why: 'kernel patches' },
	{ probe: 'ld', package: 'binutils', why: 'kernel build, symbolising' },
	{ probe: '/usr/include/libelf.h', package: 'libelf-dev', why: 'kernel build (objtool)' },
	{ probe: '/usr/include/openssl/opensslv.h', package: 'libssl-dev', why: 'kernel build' },
	{ probe: 'modinfo', package: 'kmod', why: 'kernel modules' },
	{ probe: 'ccache', package: 'ccache', why: 'faster kernel builds' },
	{ probe: 'dpkg-deb', package: 'dpkg', why: 'guest packages' },
	{ probe: 'mkfs.ext4', package: 'e2fsprogs', why: 'disks for caches' },
	{ probe: 'qemu-system-x86_64', package: 'qemu-system-x86', why: 'the machine' },
	{ probe: 'qemu-img', package: 'qemu-utils', why: 'overlay disks' },
	{ probe: 'setpriv', package: 'util-linux', why: 'nothing outlives the runner' },
];

/** Needs of a Debian kernel source, by spec; other sources bring themselves. */
export function kernelNeeds(specs: readonly string[]): HostNeed[] {
	return specs.flatMap((spec) => {
		const version = /^debian:(\d+\.\d+)$/.exec(spec)?.[1];
		if (version === undefined) return [];
		const name = `linux-source-${version}`;
		return [{ probe: `/usr/src/${name}.tar.xz`, package: name, why: `kernel source ${spec}` }];
	});
}

const treeNeeds: readonly HostNeed[] = [
	{ probe: 'autoconf', package: 'autoconf', why: 'xfstests build' },
	{ probe: 'automake', package: 'automake', why: 'xfstests build' },
	{ probe: 'libtoolize', package: 'libtool', why: 'xfstests build' },
	{ probe: 'pkg-config', package: 'pkg-config', why: 'xfstests build' },
	{ probe: '/usr/include/xfs/xfs.h', package: 'xfslibs-dev', why: 'xfstests build' },
	{ probe: '/usr/include/uuid/uuid.h', package: 'uuid-dev', why: 'xfstests build' },
	{ probe: '/usr/include/sys/acl.h', package: 'libacl1-dev', why: 'xfstests build' },
	{ probe: '/usr/include/attr/libattr.h', package: 'libattr1-dev', why: 'xfstests build' },
	{ probe: '/usr/include/libaio.h', package: 'libaio-dev', why: 'xfstests: tests of asynchronous I/O' },
	{ probe: '/usr/include/liburing.h', package: 'liburing-dev', why: 'xfstests: tests of io_uring' },
	{ probe: '/usr/include/sys/capability.h', package: 'libcap-dev', why: 'xfstests: tests of capabilities' },
	{ probe: '/usr/include/gdbm-ndbm.h', package: 'libgdbm-compat-dev', why: 'xfstests: dbtest' },
	{ probe: '/usr/include/gdbm.h', package: 'libgdbm-dev', why: 'xfstests: dbtest' },
];

/** Needs of a debugger. */
export const debuggerNeeds: readonly HostNeed[] = [{ probe: 'gdb', package: 'gdb', why: 'rr gdb' }];

/** Needs of xfstests trees that configure themselves. */
async function needsOfTrees(trees: readonly string[]): Promise<readonly HostNeed[]> {
	const configure = await Promise.all(trees.map((tree) => exists(join(tree, 'configure.ac'))));
	return configure.includes(true) ? treeNeeds : [];
}

/** Needs that are not met, in table order. */
export async function missingNeeds(specs: readonly string[]): Promise<HostNeed[]> {
	return missingOf([...always, ...kernelNeeds(specs)]);
}

async function missingOf(needs: readonly HostNeed[]): Promise<HostNeed[]> {
	const met = await Promise.all(needs.map(({ probe }) => isThere(probe)));
	return needs.filter((_, index) => !met[index]);
}

/** The line that installs them. */
export function installLine(needs: readonly HostNeed[]): string {
	return `apt-get update && apt-get install -y --no-install-recommends ${[...new Set(needs.map((need) => need.package))].join(' ')}`;
}

/** Installs what lacks for kernels and xfstests trees when root; otherwise a UserError with the line to paste. Returns the packages installed. */
export async function prepareHost(
	specs: readonly string[],
	options: InstallOptions & { readonly trees?: readonly string[] },
): Promise<string[]> {
	await requireCache();
	return provideNeeds([...always, ...kernelNeeds(specs), ...(await needsOfTrees(options.trees ?? []))], options);
}

interface InstallOptions {
	readonly signal: AbortSignal;
	readonly onProgress: (detail: string) => void;
}

/** The same for needs of somebody else, a test's browser. */
export async function provideNeeds(needs: readonly HostNeed[], options: InstallOptions): Promise<string[]> {
	const missing = await missingOf(needs);
	if (missing.length === 0) return [];
	const packages = [...new Set(missing.map((need) => need.package))];
	if (!(await exists('/etc/debian_version')))
		throw new UserError(`this host lacks ${missing.map((need) => `${need.probe} (${need.why})`).join(', ')}`, {
			hint: 'install them; on Debian this is done for you',
		});
	if (process.getuid?.() !== 0)
		throw new UserError(`this host lacks ${missing.map((need) => need.probe).join(', ')}`, {
			hint: `sudo sh -c '${installLine(missing)}'`,
		});
	const env = { DEBIAN_FRONTEND: 'noninteractive' };
	const onLine = (line: string) => options.onProgress(line);
	options.onProgress('apt-get update');
	await exec('apt-get', ['update', '-q'], { env, signal: options.signal, onLine });
	await exec('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, signal: options.signal, onLine }).catch(
		(error: unknown) => {
			// "E: Unable to locate package linux-source-9.99"
			const unknown = /Unable to locate package (\S+)/.exec(messageOf(error))?.[1];
			throw unknown === undefined
				? error
				: new UserError(`Debian has no package ${unknown}`, { hint: `apt-cache search ${unknown.replace(/-[\d.]+$/, '')}` });
		},
	);
	const still = await missingOf(missing);
	if (still.length > 0)
		throw new UserError(`still missing after installing: ${still.map((need) => `${need.probe} (package ${need.package})`).join(', ')}`, {
			hint: installLine(still),
		});
	return packages;
}

/** Everything that is built goes there. */
async function requireCache(): Promise<void> {
	try {
		await mkdir(folders.cache, { recursive: true });
		await access(folders.cache, constants.W_OK);
	} catch (error) {
		throw new UserError(`cannot write to the cache ${folders.cache}: ${messageOf(error)}`, {
			hint: 'set XDG_CACHE_HOME to a folder you may write to',
			cause: error,
		});
	}
}

async function isThere(probe: string): Promise<boolean> {
	if (probe.startsWith('/')) return exists(probe);
	const folders = [...(environment.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
	const found = await Promise.all(
		folders.map((folder) =>
			access(join(folder, probe), constants.X_OK).then(
				() => true,
				() => false,
			),
		),
	);
	return found.includes(true);
}
