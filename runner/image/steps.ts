/** The shell-like steps of building an image: fetch a package, unpack it, compile a program. The one file that uses zx, loaded when a step is due. */

import { join } from 'node:path';

export interface StepResult {
	readonly ok: boolean;
	readonly stdout: string;
	readonly stderr: string;
}

interface StepOptions {
	readonly cwd?: string | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** What apt would download for `packages`: a line per file, in the form of `apt-get --print-uris`; no network. */
export async function askApt(packages: readonly string[], options: StepOptions): Promise<StepResult> {
	const run = await shell(options);
	return run`env LC_ALL=C apt-get download --print-uris ${packages}`;
}

/** Downloads `packages` (`name=version`) into the folder `cwd`; apt checks signatures and sums. Needs no root. */
export async function downloadPackages(packages: readonly string[], options: StepOptions): Promise<StepResult> {
	const run = await shell(options);
	// As root, apt would fetch as the user _apt, who cannot write into a user's cache folder.
	return run`env LC_ALL=C apt-get download -qq -o APT::Sandbox::User=root ${packages}`;
}

/** Unpacks Debian packages over each other into the folder `cwd`, running none of their scripts. */
export async function unpackPackages(files: readonly string[], options: StepOptions): Promise<StepResult> {
	const run = await shell(options);
	return run`for file in ${files}; do dpkg-deb -x "$file" . || exit; done`;
}

/** The names busybox answers to, a line each. */
export async function listApplets(busybox: string, options: StepOptions): Promise<StepResult> {
	const run = await shell(options);
	return run`${busybox} --list`;
}

/** Runs gcc with `args`; messages in English and without colours. */
export async function runCompiler(args: readonly string[], options: StepOptions): Promise<StepResult> {
	const run = await shell(options);
	return run`env LC_ALL=C gcc -fdiagnostics-color=never ${args}`;
}

/** Makes a file system on the file `image`, at a fixed time so that the same call gives the same bytes; `tools` is a root that holds the program. */
export async function makeFileSystem(
	program: string,
	args: readonly string[],
	image: string,
	tools: string,
	options: StepOptions,
): Promise<StepResult> {
	const run = await shell(options);
	const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map((folder) => join(tools, folder)).join(':');
	return run`env LC_ALL=C E2FSPROGS_FAKE_TIME=1 LD_LIBRARY_PATH=${libraries} ${join(tools, program)} ${args} ${image}`;
}

async function shell({ cwd, signal }: StepOptions) {
	const { $ } = await import('zx');
	const run = $({ quiet: true, nothrow: true, verbose: false, ...(cwd !== undefined && { cwd }), ...(signal && { signal }) });
	return async (pieces: TemplateStringsArray, ...values: (string | readonly string[])[]): Promise<StepResult> => {
		signal?.throwIfAborted();
		const { exitCode, stdout, stderr } = await run(pieces, ...values);
		signal?.throwIfAborted();
		return { ok: exitCode === 0, stdout, stderr };
	};
}
