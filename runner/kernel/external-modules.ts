/** Modules of our own (a suite's `needs.kernelModules`), built against a kernel under test. */

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InfraError, KernelError, type Position, UserError } from '../util/errors.ts';
import { asideName, exists, writeWhole } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { lock } from '../util/lock.ts';
import { type KernelModule, storeModules } from './artefact.ts';
import { type BuiltKernel, builtAs } from './build.ts';
import { runMake } from './make.ts';
import { removeLeftOvers } from './tarball.ts';

/** Compiles each C file of `files` to a module named after it. What does not compile is a UserError at its file:line:column. */
export async function buildModules(
	kernel: BuiltKernel,
	files: readonly string[],
	options: { readonly cacheDir: string; readonly signal?: AbortSignal | undefined },
): Promise<KernelModule[]> {
	const modules: KernelModule[] = [];
	for (const file of files) {
		const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
			throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
		});
		modules.push(await buildModule(kernel, file, text, options));
	}
	return modules;
}

async function buildModule(
	kernel: BuiltKernel,
	file: string,
	text: string,
	options: { readonly cacheDir: string; readonly signal?: AbortSignal | undefined },
): Promise<KernelModule> {
	const dir = join(options.cacheDir, 'modules', `${kernel.id}-${hashOf(file, text).slice(0, 12)}`);
	const record = join(dir, 'module.json');
	if (await exists(record)) return JSON.parse(await readFile(record, 'utf8'));
	await using _held = await lock(`${kernel.make.output}.lock`, { signal: options.signal });
	if ((await builtAs(kernel.make.output)) !== kernel.id)
		throw new InfraError(
			`${kernel.make.output} was built from another state of its source meanwhile, so ${basename(file)} cannot be built against it`,
		);
	const name = basename(file, '.c');
	await removeLeftOvers(dir);
	const aside = asideName(dir);
	await mkdir(join(aside, 'debug'), { recursive: true });
	try {
		// A module without intree=Y taints the kernel it is loaded into, and a taint is what a case is judged by.
		await writeFile(join(aside, `${name}.c`), `#line 1 "${file}"\n${text}\nMODULE_INFO(intree, "Y");\n`);
		await writeFile(join(aside, 'Makefile'), `obj-m := ${name}.o\n`);
		await runMake({ ...kernel.make, variables: [...kernel.make.variables, `M=${aside}`], signal: options.signal }, ['modules']).catch(
			(error: unknown) => {
				if (!(error instanceof KernelError)) throw error;
				throw new UserError(error.log.join('\n') || error.message, {
					at: placeOf(error.message, file),
					hint: 'mend the module',
					cause: error,
				});
			},
		);
		await mkdir(join(aside, 'stripped'));
		const [module] = await storeModules([join(aside, `${name}.ko`)], join(aside, 'stripped'), join(aside, 'debug'), options.signal);
		if (!module) throw new Error(`no module came out of ${file}`);
		const final: KernelModule = {
			...module,
			path: join(dir, 'stripped', basename(module.path)),
			debugPath: join(dir, 'debug', basename(module.path)),
		};
		for (const entry of await readdir(aside))
			if (entry !== 'stripped' && entry !== 'debug') await rm(join(aside, entry), { recursive: true });
		await writeWhole(join(aside, 'module.json'), JSON.stringify(final));
		await mkdir(dirname(dir), { recursive: true });
		await rename(aside, dir);
		return final;
	} finally {
		await rm(aside, { recursive: true, force: true });
	}
}

function placeOf(message: string, file: string): Position {
	// "/suites/x/planted.c:12:3: error: 'foo' undeclared"
	const [, line, column] = /:(\d+)(?::(\d+))?: (?:fatal )?error:/.exec(message) ?? [];
	return { file, ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) };
}
