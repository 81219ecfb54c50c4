/** What make is called with: the compiler as the user's environment asks for it, ccache in front, ids that do not change between builds. */

import { messageOf, UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { hashOf } from '../util/hash.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Toolchain {
	/** `gcc (Debian 12.2.0-14+deb12u1) 12.2.0`. */
	readonly compiler: string;
	/** Variables on make's command line, equal from run to run, because kbuild rebuilds everything when CC changes its text. */
	readonly variables: readonly string[];
	/** What to add to or take out of the environment. */
	readonly env: Environment;
	/** Differs when objects built so far cannot be used any longer. */
	readonly key: string;
	/** Versions of what else has a hand in a build (`GNU ld (GNU Binutils for Debian) 2.40, ...`): kbuild sees to it that a new one is used. */
	readonly tools: string;
}

const passed = [
	'LLVM',
	'LLVM_IAS',
	'HOSTCC',
	'HOSTCXX',
	'LD',
	'AS',
	'AR',
	'NM',
	'OBJCOPY',
	'OBJDUMP',
	'STRIP',
	'CROSS_COMPILE',
	'KCFLAGS',
	'KAFLAGS',
];

/** Reads the user's environment as make would. Throws UserError for another ARCH or a compiler that does not run. */
export async function readToolchain(env: Environment, signal?: AbortSignal): Promise<Toolchain> {
	if (env.ARCH !== undefined && env.ARCH !== '' && env.ARCH !== 'x86_64' && env.ARCH !== 'x86')
		throw new UserError(`ARCH=${env.ARCH}: only x86_64 kernels are built and booted so far`, { hint: 'unset ARCH' });
	const cc = env.CC || plainCompiler(env);
	const version = await exec('sh', ['-c', `${cc} --version`], { signal }).catch((error: unknown) => {
		signal?.throwIfAborted();
		const hint = env.CC || env.LLVM ? 'check CC and LLVM in the environment' : 'apt-get install gcc';
		throw new UserError(`the compiler "${cc}" does not run: ${messageOf(error).split('\n').at(-1)}`, { hint, cause: error });
	});
	const compiler = version.stdout.split('\n')[0] ?? cc;
	const hasCcache =
		!/\bccache\b/.test(cc) && (await exec('sh', ['-c', 'command -v ccache'], { allowFailure: true, signal })).exitCode === 0;
	const variables = [
		'ARCH=x86_64',
		`CC=${hasCcache ? `ccache ${cc}` : cc}`,
		// Set, though empty: otherwise a git tree that is not at a tag gets a `+` into its release.
		'LOCALVERSION=',
		...passed.filter((name) => env[name]).map((name) => `${name}=${env[name]}`),
	];
	return { compiler, variables, env: fixedEnvironment(env), key: hashOf(compiler, ...variables), tools: await readTools(env, signal) };
}

/** First lines of what the tools say of themselves; kconfig asks some of them, and one that was not there may be there now. */
async function readTools(env: Environment, signal?: AbortSignal): Promise<string> {
	const lld = `ld.lld${env.LLVM?.startsWith('-') ? env.LLVM : ''}`;
	const ld = env.LD || (env.LLVM ? `${env.LLVM.endsWith('/') ? env.LLVM : ''}${lld}` : `${env.CROSS_COMPILE ?? ''}ld`);
	const asked = [ld, `${env.CROSS_COMPILE ?? ''}as`, 'pahole'];
	const versions = asked.map(async (tool) => {
		const said = await exec('sh', ['-c', `${tool} --version`], { allowFailure: true, signal });
		return said.exitCode === 0 ? (said.stdout.split('\n')[0] ?? '') : `no ${tool}`;
	});
	return (await Promise.all(versions)).join(', ');
}

function plainCompiler(env: Environment): string {
	if (!env.LLVM) return `${env.CROSS_COMPILE ?? ''}gcc`;
	// LLVM=1, LLVM=-15 and LLVM=/usr/lib/llvm-15/bin/ are what Documentation/kbuild/llvm.rst allows.
	if (env.LLVM.endsWith('/')) return `${env.LLVM}clang`;
	return env.LLVM.startsWith('-') ? `clang${env.LLVM}` : 'clang';
}

function fixedEnvironment(env: Environment): Environment {
	// Whatever else steers kbuild would make our build differ from its record, or land it in the user's own build folder.
	const removed = Object.keys(env).filter((name) => /^(?:KBUILD_|KCONFIG_|INSTALL_|GIT_)/.test(name));
	const flags = env.MAKEFLAGS && !/--jobserver/.test(env.MAKEFLAGS) ? env.MAKEFLAGS : undefined;
	return {
		...Object.fromEntries(
			['O', 'M', 'V', 'W', 'CC', 'ARCH', 'LOCALVERSION', 'MAKELEVEL', 'MFLAGS', ...passed, ...removed].map((name) => [name, undefined]),
		),
		MAKEFLAGS: flags,
		// The kernel's Makefile takes LC_ALL away again; without LANG gcc would quote in UTF-8.
		LC_ALL: 'C',
		LANG: 'C',
		LC_CTYPE: undefined,
		LC_MESSAGES: undefined,
		KBUILD_BUILD_TIMESTAMP: '@0',
		KBUILD_BUILD_USER: 'crucible',
		KBUILD_BUILD_HOST: 'crucible',
		KBUILD_BUILD_VERSION: '1',
		// A miss need not run the preprocessor first.
		CCACHE_DEPEND: '1',
		// Debug lines name the build folder: with objects of another one in it, a kernel would differ from itself built anew.
		CCACHE_NOHASHDIR: undefined,
	};
}
