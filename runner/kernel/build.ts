/** A source and a configuration made into an artefact: configured, proved, built, copied out; skipped where nothing can have changed. */

import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';
import { exists, writeWhole } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { lock } from '../util/lock.ts';
import { Scope } from '../util/scope.ts';
import { artefactLayout, builtModules, type KernelArtefact, loadArtefact, storeArtefact } from './artefact.ts';
import { type BootFile, bootFileOf } from './boot-format.ts';
import { configName, type ExtraRequest, readRequests } from './config-fragments.ts';
import { configure } from './configure.ts';
import { formatRequests } from './fragment.ts';
import { type Make, runMake } from './make.ts';
import type { Step } from './make-output.ts';
import { contentKey, prepareTree } from './prepare.ts';
import { type KernelSource, lockTree } from './source.ts';
import { type Environment, readToolchain } from './toolchain.ts';

export interface BuildProgress {
	readonly detail: string;
	/** Objects compiled so far, of about `total`; absent where that is not known. */
	readonly done?: number;
	readonly total?: number;
}

export interface BuildOptions {
	readonly source: KernelSource;
	/** Debug fragments by name, `['kasan']`; their order does not matter. */
	readonly configNames: readonly string[];
	readonly extraKconfig?: readonly ExtraRequest[];
	readonly kconfigDir: string;
	readonly cacheDir: string;
	readonly jobs: number;
	readonly env: Environment;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: BuildProgress) => void;
}

export interface BuiltKernel extends KernelArtefact {
	/** `kasan+lockdep`. */
	readonly configName: string;
	/** How its build folder is worked on, for modules of our own. */
	readonly make: Omit<Make, 'signal' | 'onStep' | 'onWait'>;
	/** make was run, and did something. */
	readonly wasBuilt: boolean;
}

/** `.crucible-stamp.json` in a build folder, absent while the folder is being changed. */
interface Stamp {
	/** Over source content, requests and toolchain; absent for sources that may change under us. */
	readonly key?: string;
	/** Over the sizes and times of vmlinux and the modules. */
	readonly products: string;
	readonly artefact: string;
}

// Objects of a Debian 6.12 with base, netfs and kasan: shown as the total until a first build has counted its own.
const roughTotal = 1750;

/**
 * Builds, or finds built. Throws UserError for requests that do not come out and unusable compilers, KernelError (build)
 * with the compiler's lines, InfraError when this machine is at fault. Killed at any point, the next call continues.
 */
export async function buildKernel(options: BuildOptions): Promise<BuiltKernel> {
	const { source, cacheDir, signal, onProgress } = options;
	const toolchain = await readToolchain(options.env, signal);
	const requests = await readRequests(options.kconfigDir, options.configNames, options.extraKconfig ?? [], source.version);
	const name = configName(options.configNames);
	const configKey = hashOf(formatRequests(requests), toolchain.key);
	const folder = join(cacheDir, 'builds', source.name);
	const output = join(folder, `${name}-${configKey.slice(0, 8)}`);
	const kernelsDir = join(cacheDir, 'kernels');
	const make: BuiltKernel['make'] = {
		tree: source.tree,
		output,
		variables: toolchain.variables,
		env: toolchain.env,
		jobs: options.jobs,
	};
	const finish = async (id: string, wasBuilt: boolean): Promise<BuiltKernel | undefined> => {
		const artefact = await loadArtefact(join(kernelsDir, id), source);
		return artefact && { ...artefact, configName: name, make, wasBuilt };
	};

	await using scope = new Scope();
	if (source.isOurs) scope.use(await lockTree(source.tree, options));
	scope.use(
		await lock(`${output}.lock`, { signal, onWait: () => onProgress?.({ detail: `waiting for another crucible that builds ${name}` }) }),
	);
	const content = await contentKey(source, signal);
	const key = content === undefined ? undefined : hashOf(String(artefactLayout), content, configKey);
	const stamp = await readStamp(output);
	if (key !== undefined && stamp?.key === key) {
		const found = await finish(stamp.artefact, false);
		if (found) return found;
	}

	onProgress?.({ detail: 'configuring' });
	await rm(stampFile(output), { force: true });
	await prepareTree(source, options);
	const onWait = () => onProgress?.({ detail: 'waiting for the compilers of a killed run to end' });
	await configure({ ...make, signal, onWait }, requests);
	const boot = await bootFileOf(source.tree, join(output, '.config'));
	const counter = await countSteps(output, join(folder, `${name}.steps`), onProgress);
	await runMake({ ...make, signal, onWait, onStep: counter.onStep }, ['vmlinux', 'modules', ...(boot === 'bzImage' ? ['bzImage'] : [])]);
	await counter.save();

	const products = await productsOf(output, boot);
	const same = stamp?.products === products ? await finish(stamp.artefact, false) : undefined;
	if (!same) onProgress?.({ detail: 'storing vmlinux and modules' });
	const id = same?.id ?? (await storeArtefact(output, kernelsDir, { compiler: toolchain.compiler, boot }, signal));
	await writeWhole(stampFile(output), JSON.stringify({ ...(key !== undefined && { key }), products, artefact: id } satisfies Stamp));
	const built = same ?? (await finish(id, true));
	if (!built) throw new Error(`the artefact ${id} vanished as it was made`);
	return built;
}

/** The id of the artefact that the build folder is at; undefined while or after it is changed. */
export async function builtAs(output: string): Promise<string | undefined> {
	return (await readStamp(output))?.artefact;
}

function stampFile(output: string): string {
	return join(output, '.crucible-stamp.json');
}

async function readStamp(output: string): Promise<Stamp | undefined> {
	const text = await readFile(stampFile(output), 'utf8').catch(() => undefined);
	return text === undefined ? undefined : JSON.parse(text);
}

async function productsOf(output: string, boot: BootFile): Promise<string> {
	const files = [join(output, 'vmlinux'), join(output, '.config'), ...(await builtModules(output))];
	const stats = await Promise.all(files.map((file) => stat(file, { bigint: true })));
	return hashOf(String(artefactLayout), boot, ...files, ...stats.map(({ size, mtimeNs }) => `${size} ${mtimeNs}`));
}

/** Counts compiled objects against those of a whole build, which is remembered in `file` for the next one. */
async function countSteps(output: string, file: string, onProgress: BuildOptions['onProgress']) {
	const isWhole = !(await exists(join(output, 'vmlinux')));
	const known = Number(await readFile(file, 'utf8').catch(() => '')) || roughTotal;
	let done = isWhole ? await objectsIn(output) : 0;
	const isFresh = isWhole && done < 50;
	return {
		onStep({ verb, target }: Step) {
			if (/^(?:CC|AS|RUSTC)/.test(verb)) done++;
			onProgress?.({ detail: `${verb} ${target}`, done, ...(isWhole && { total: Math.max(known, done) }) });
		},
		async save() {
			if (isFresh) await writeWhole(file, `${done}\n`);
		},
	};
}

async function objectsIn(output: string): Promise<number> {
	const found = await exec('find', [output, '-name', '*.o', '-printf', '.'], { allowFailure: true });
	return found.stdout.length;
}
