/** The build folder of a source and a configuration brought to the source as it is now, its artefact stored, and what happened told. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '../util/errors.ts';
import { writeWhole } from '../util/files.ts';
import { artefactFiles, readStored } from './artefact.ts';
import { backdatedIn, forgetMoved, forgetStale } from './backdated.ts';
import { bootFileOf } from './boot-format.ts';
import { tellBuild } from './build-story.ts';
import { configure } from './configure.ts';
import { tellFirstBuild } from './first-build.ts';
import { beginChange, endChange, type FolderState, readFolder } from './folder-state.ts';
import { formatRequests, type Request } from './fragment.ts';
import { parseDotConfig } from './kconfig-check.ts';
import { holdArtefact, shelfDir } from './kernel-shelf.ts';
import { changesBetween, listFolder } from './listing.ts';
import { type Make, runMake } from './make.ts';
import { isCompilerError, type Step } from './make-output.ts';
import { type MakePlan, planMake } from './make-plan.ts';
import { keepingOrder, restoreOrder } from './modules-order.ts';
import { prepareTree } from './prepare.ts';
import { builtModules, type Products, productsOf, sameProducts } from './products.ts';
import { builtInObjects, configChanges, type Rebuilt, whyRebuilt } from './rebuilt.ts';
import type { KernelSource } from './source.ts';
import { type BuildProgress, countSteps, type StepCounter } from './steps.ts';
import { storeArtefact } from './store-artefact.ts';
import type { Toolchain } from './toolchain.ts';
import { keepWarnings, type Warning } from './warnings.ts';

export interface MakeOrder {
	readonly source: KernelSource;
	readonly configName: string;
	readonly requests: readonly Request[];
	readonly toolchain: Toolchain;
	readonly make: Omit<Make, 'signal' | 'onStep' | 'onComplaint' | 'onWait'>;
	readonly cacheDir: string;
	/** Remembers how many objects a whole build has. */
	readonly stepsFile: string;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}

/** Milliseconds of each part; 0 for what was not needed. */
export interface BuildTimings {
	/** The tree brought to its state, and looked over for what changed. */
	readonly prepareMs: number;
	readonly configureMs: number;
	readonly makeMs: number;
	/** Of makeMs: from the last compiler's end, about, on (ar, ld, modpost, kallsyms). */
	readonly linkMs: number;
	readonly storeMs: number;
}

export interface MadeKernel {
	/** Of the artefact. */
	readonly id: string;
	readonly timings: BuildTimings;
	/** What happened, a line. */
	readonly story: string;
	/** Files that were written while make was at work: the kernel may be of what they were, or of what they are. */
	readonly moved: readonly string[];
	/** Of every file as it was last compiled. */
	readonly warnings: readonly Warning[];
}

/** The caller holds the locks of the tree, if it is ours, and of the build folder. Throws as buildKernel does. */
export async function makeKernel(order: MakeOrder): Promise<MadeKernel> {
	const { source, make, toolchain, signal, onProgress } = order;
	const { output, tree } = make;
	const times = [performance.now()];
	const lap = () => times.push(performance.now());

	await restoreOrder(output);
	await prepareTree(source, { signal, ...(onProgress && { onProgress }) });
	const listing = await listFolder(tree, { ours: source.isOurs, signal });
	const folder = await readFolder(output);
	const plan = await planMake({ tree, output, listing, tools: toolchain.tools, folder, signal });
	await beginChange(output, plan.isForModules ? 'modules' : 'all');
	await forgetStale(backdatedIn(listing, plan.changes), { tree, output }, signal);
	lap();

	const onWait = () => onProgress?.({ detail: 'waiting for the compilers of a killed run to end' });
	if (!plan.isConfigured) {
		onProgress?.({ detail: 'configuring' });
		await configure({ ...make, signal, onWait }, order.requests);
	}
	lap();

	const boot = await bootFileOf(tree, join(output, '.config'));
	const counter = await countSteps(output, order.stepsFile, onProgress);
	const build = async (onComplaint: (line: string) => void) => {
		const making = { ...make, signal, onWait, onComplaint, onStep: counter.onStep };
		if (!(plan.isForModules && (await makeModules(making))))
			await runMake(making, ['vmlinux', 'modules', ...(boot === 'bzImage' ? ['bzImage'] : [])]);
	};
	let warnings: readonly Warning[] = [];
	let moved: readonly string[] = [];
	try {
		warnings = await keepWarnings(`${output}.warnings.json`, { tree, steps: counter.steps }, build);
	} finally {
		// Nobody else writes to a tree of ours.
		if (!source.isOurs) moved = await forgetMoved(changesBetween(listing, await listFolder(tree)), { tree, output });
	}
	await counter.save();
	lap();

	const products = await productsOf(output, boot);
	onProgress?.({ detail: 'storing vmlinux and modules' });
	const shelf = shelfDir(order.cacheDir);
	await using previous = folder && (await holdArtefact(order.cacheDir, folder.artefact, source, signal));
	const same = sameProducts(folder?.products ?? {}, products);
	const id = await storeArtefact(
		{ output, compiler: toolchain.compiler, boot, previous: previous && { dir: previous.artefact.dir, same } },
		shelf,
		signal,
	);
	const { compiler, tools } = toolchain;
	await endChange(output, { artefact: id, tools, compiler, products, listing });
	lap();

	const [prepareMs, configureMs, makeMs, storeMs] = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? time)));
	const linkBegan = counter.linkBegan();
	const linkMs = linkBegan === undefined ? 0 : Math.round((times[3] ?? linkBegan) - linkBegan);
	const story = await tell({ order, folder, plan, counter, products, id });
	return {
		id,
		timings: { prepareMs: prepareMs ?? 0, configureMs: configureMs ?? 0, makeMs: makeMs ?? 0, linkMs, storeMs: storeMs ?? 0 },
		story,
		moved,
		warnings,
	};
}

/** Builds the modules that there are, and nothing else. False when kbuild would not, for another reason than that the source does not compile. */
async function makeModules(make: Make): Promise<boolean> {
	const modules = await builtModules(make.output);
	try {
		await keepingOrder(make.output, () => runMake(make, modules));
		return true;
	} catch (error) {
		make.signal?.throwIfAborted();
		if (!(error instanceof KernelError) || isCompilerError(error.message)) throw error;
		await beginChange(make.output, 'all');
		return false;
	}
}

interface Ending {
	readonly order: MakeOrder;
	readonly folder: FolderState | undefined;
	readonly plan: MakePlan;
	readonly counter: StepCounter;
	readonly products: Products;
	readonly id: string;
}

async function tell({ order, folder, plan, counter: { steps, isWhole }, products, id }: Ending): Promise<string> {
	const { make, toolchain, configName, requests } = order;
	const { output, tree } = make;
	if (isWhole) return tellFirstBuild({ output, configName, compiler: toolchain.compiler, requests: formatRequests(requests) });
	const unknown = 'built; what its folder was at before is not known any longer';
	if (!folder) return unknown;
	const dirs = [folder.artefact, id].map((name) => join(shelfDir(order.cacheDir), name));
	const [before, after] = await Promise.all(dirs.map(readStored));
	if (!before || !after) return unknown;
	const configs = await Promise.all(dirs.map(async (dir) => parseDotConfig(await readFile(join(dir, artefactFiles.config), 'utf8'))));
	const config = configChanges(configs[0] ?? new Map(), configs[1] ?? new Map());
	const isLinked = folder.products.vmlinux !== products.vmlinux;
	const objects = builtInObjects(steps);
	const rebuilt = await whyRebuilt(objects, { tree, output }, [...(plan.changes?.keys() ?? [])], [...config.keys()]);
	const story = tellBuild({
		before: { id: folder.artefact, hashes: before.identity.hashes },
		after: { id, hashes: after.identity.hashes },
		isLinked,
		rebuilt,
		configChanges: [...config.values()],
		steps,
		...(folder.tools !== toolchain.tools && { tools: { before: folder.tools, after: toolchain.tools } }),
	});
	await writeWhole(`${output}.log`, buildLog(story, rebuilt, steps));
	return story;
}

/** The long version, beside the build folder: each built-in object with what it was compiled for, and make's steps. */
function buildLog(story: string, rebuilt: readonly Rebuilt[], steps: readonly Step[]): string {
	const why = rebuilt.map(
		({ object, inputs, symbols }) => `${object}: ${[...inputs, ...symbols.map((symbol) => `CONFIG_${symbol}`)].join(' ') || '?'}`,
	);
	return [story, '', ...why, '', ...steps.map(({ verb, target }) => `${verb} ${target}`), ''].join('\n');
}
