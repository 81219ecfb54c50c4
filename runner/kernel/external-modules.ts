/** Modules of our own (a suite's `needs.kernelModules`), built against a kernel under test. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KernelError, type Position, UnmetError, UserError } from '../util/errors.ts';
import { makeWhole } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import type { KernelModule } from './artefact.ts';
import type { BuiltKernel, HoldOptions } from './build.ts';
import { ownModulesDir } from './kernel-shelf.ts';
import { runMake } from './make.ts';
import { stripModules } from './store-artefact.ts';
import { removeLeftOvers } from './tarball.ts';

/** In a built module's folder, the module as JSON; written last. */
const recordName = 'module.json';

interface ModuleOptions extends HoldOptions {
	readonly cacheDir: string;
}

/** Compiles each C file of `files` to a module named after it. What does not compile is an UnmetError at its file:line:column. */
export async function buildModules(kernel: BuiltKernel, files: readonly string[], options: ModuleOptions): Promise<KernelModule[]> {
	const modules: KernelModule[] = [];
	for (const file of files) {
		const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
			throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
		});
		modules.push(await buildModule(kernel, file, text, options));
	}
	return modules;
}

async function buildModule(kernel: BuiltKernel, file: string, text: string, options: ModuleOptions): Promise<KernelModule> {
	const dir = join(ownModulesDir(options.cacheDir), `${kernel.id}-${hashOf(file, text).slice(0, 12)}`);
	const built = await readRecord(dir);
	if (built) return built;
	// A kernel that was found built may have left its folder long ago.
	await using _held = await kernel.holdFolder(options);
	// Whoever held the lock may have built it.
	const builtMeanwhile = await readRecord(dir);
	if (builtMeanwhile) return builtMeanwhile;
	await removeLeftOvers(dir);
	await makeWhole(dir, (aside) => compile(kernel, file, text, { aside, dir, signal: options.signal }));
	const made = await readRecord(dir);
	if (!made) throw new Error(`${dir} has no record`);
	return made;
}

async function readRecord(dir: string): Promise<KernelModule | undefined> {
	const text = await readFile(join(dir, recordName), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : JSON.parse(text);
}

/** Fills `aside`, which will be `dir`, with the module in both forms and its record. */
async function compile(
	kernel: BuiltKernel,
	file: string,
	text: string,
	{ aside, dir, signal }: { readonly aside: string; readonly dir: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
	const name = basename(file, '.c');
	const work = join(aside, 'work');
	for (const folder of [work, join(aside, 'stripped'), join(aside, 'debug')]) await mkdir(folder);
	// A module without intree=Y taints the kernel it is loaded into, and a taint is what a case is judged by.
	await writeFile(join(work, `${name}.c`), `#line 1 "${file}"\n${text}\nMODULE_INFO(intree, "Y");\n`);
	await writeFile(join(work, 'Makefile'), `obj-m := ${name}.o\n`);
	await runMake({ ...kernel.make, variables: [...kernel.make.variables, `M=${work}`], signal }, ['modules']).catch((error: unknown) => {
		if (!(error instanceof KernelError)) throw error;
		throw new UnmetError(error.log.join('\n') || error.message, {
			at: placeOf(error.message, file),
			hint: 'mend the module',
			cause: error,
		});
	});
	const [module] = await stripModules([join(work, `${name}.ko`)], join(aside, 'stripped'), join(aside, 'debug'), signal);
	if (!module) throw new Error(`no module came out of ${file}`);
	await rm(work, { recursive: true });
	const final: KernelModule = {
		...module,
		path: join(dir, 'stripped', basename(module.path)),
		debugPath: join(dir, 'debug', basename(module.path)),
	};
	await writeFile(join(aside, recordName), JSON.stringify(final));
}

function placeOf(message: string, file: string): Position {
	// "/suites/x/planted.c:12:3: error: 'foo' undeclared"
	const [, line, column] = /:(\d+)(?::(\d+))?: (?:fatal )?error:/.exec(message) ?? [];
	return { file, ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) };
}
