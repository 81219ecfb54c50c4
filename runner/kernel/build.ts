/** A source and a configuration made into an artefact: found, where it was built before, and built otherwise. */

import { join } from 'node:path';
import type { KernelIdentity } from '../model/run.ts';
import { hashOf } from '../util/hash.ts';
import { artefactLayout, type KernelArtefact, readStored } from './artefact.ts';
import { holdFolder, lockFolder } from './build-folder.ts';
import { tellMoved, tellSeries, tellWarnings } from './build-story.ts';
import { configName, type ExtraRequest, readRequests } from './config-fragments.ts';
import { formatRequests } from './fragment.ts';
import { builtUnder, type HeldArtefact, holdArtefact, recordBuilt, shelfDir, trimShelf, warningsUnder } from './kernel-shelf.ts';
import type { Make } from './make.ts';
import { type BuildTimings, type MadeKernel, type MakeOrder, makeKernel } from './make-kernel.ts';
import { contentKeys } from './prepare.ts';
import type { KernelSource } from './source.ts';
import { touchedBy } from './stage-series.ts';
import type { BuildProgress } from './steps.ts';
import { type Environment, readToolchain } from './toolchain.ts';

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

/** For bringing a build folder back to a kernel that was found built, which may take a make. */
export type HoldOptions = Pick<BuildOptions, 'signal' | 'onProgress'>;

/** A kernel that stays in the cache until it is disposed of, or this process ends. */
export interface BuiltKernel extends KernelArtefact, AsyncDisposable {
	/** `kasan+lockdep`. */
	readonly configName: string;
	/** How its build folder is worked on, for modules of our own. */
	readonly make: Omit<Make, 'signal' | 'onStep' | 'onComplaint' | 'onWait'>;
	/** All 0 where it was found built. */
	readonly timings: BuildTimings;
	/** What happened and what a reader of its results should know, a line each: which modules changed, why vmlinux did. */
	readonly story: readonly string[];
	/**
	 * Locks the build folder with this kernel in it, and its tree, until what is returned is disposed of. Where the folder is at another
	 * kernel it is built again first. Throws InfraError when that does not come to this kernel.
	 */
	readonly holdFolder: (options: HoldOptions) => Promise<AsyncDisposable>;
}

// About 25 kernels that share nothing, or 1500 that differ in a module.
const mostBytes = 6 * 2 ** 30;

const nothingMade: BuildTimings = { prepareMs: 0, configureMs: 0, makeMs: 0, linkMs: 0, storeMs: 0 };

/**
 * Builds, or finds built. Throws UnmetError for requests that do not come out, UserError for unusable compilers, KernelError (build)
 * with the compiler's lines, InfraError when this machine is at fault. Killed at any point, the next call continues.
 */
export async function buildKernel(options: BuildOptions): Promise<BuiltKernel> {
	const { source, cacheDir, signal, onProgress } = options;
	const [toolchain, keys] = await Promise.all([readToolchain(options.env, signal), contentKeys(source, signal)]);
	const requests = await readRequests(options.kconfigDir, options.configNames, options.extraKconfig ?? [], source.version);
	const name = configName(options.configNames);
	const configKey = hashOf(formatRequests(requests), toolchain.key);
	const folder = join(cacheDir, 'builds', source.name);
	const output = join(folder, `${name}-${configKey.slice(0, 8)}`);
	const { variables, env } = toolchain;
	const order: MakeOrder = {
		source,
		configName: name,
		requests,
		toolchain,
		make: { tree: source.tree, output, variables, env, jobs: options.jobs },
		cacheDir,
		stepsFile: join(folder, `${name}.steps`),
		signal,
		onProgress,
	};
	const shelfKey = (content: string) => hashOf(String(artefactLayout), content, configKey, toolchain.tools);
	const key = keys && shelfKey(keys.own);
	const find = async () => {
		const id = key && (await builtUnder(cacheDir, key));
		return id ? holdArtefact(cacheDir, id, source, signal) : undefined;
	};
	const make = async (how: MakeOrder) => {
		const made = await makeKernel(how);
		if (key !== undefined && made.moved.length === 0) await recordBuilt(cacheDir, key, made.id, made.warnings);
		return made;
	};
	const finish = async ({ artefact, [Symbol.asyncDispose]: letGo }: HeldArtefact, made?: MadeKernel): Promise<BuiltKernel> => {
		const plainKey = keys && source.patches.length > 0 ? shelfKey(keys.plain) : undefined;
		const plain = plainKey && (await builtUnder(cacheDir, plainKey));
		const series = plain === undefined ? undefined : await tellPatched(order, artefact, plain);
		const [without, own] = [plainKey, key].map((one) => (one === undefined ? undefined : warningsUnder(cacheDir, one)));
		const warnings = tellWarnings(touchedBy(source.patches), await without, made?.warnings ?? (await own) ?? []);
		return {
			...artefact,
			configName: name,
			make: order.make,
			timings: made?.timings ?? nothingMade,
			story: [made?.story, made && tellMoved(made.moved), series, ...warnings].filter((line) => line !== undefined),
			holdFolder: ({ signal: until, onProgress: tell }) => {
				const again = { ...order, signal: until, onProgress: tell };
				return holdFolder({ ...again, output }, { id: artefact.id, content: keys?.own }, () => make(again));
			},
			[Symbol.asyncDispose]: letGo,
		};
	};

	const found = await find();
	if (found) return finish(found);
	await using _locks = await lockFolder({ ...order, output });
	// Another crucible may have built it meanwhile.
	const foundNow = await find();
	if (foundNow) return finish(foundNow);
	const made = await make(order);
	const held = await holdArtefact(cacheDir, made.id, source, signal);
	if (!held) throw new Error(`the artefact ${made.id} vanished as it was made`);
	await trimShelf(cacheDir, mostBytes);
	return finish(held, made);
}

/** What the series makes of the kernel without it, where that is still there and the answer is: nothing. */
async function tellPatched({ source, cacheDir }: MakeOrder, patched: KernelArtefact, plain: string): Promise<string | undefined> {
	const hashes: KernelIdentity['hashes'] | undefined = (await readStored(join(shelfDir(cacheDir), plain)))?.identity.hashes;
	if (!hashes) return undefined;
	return tellSeries(
		source.patches.map((patch) => patch.name),
		{ id: plain, hashes },
		{ id: patched.id, hashes: patched.identity.hashes },
	);
}
