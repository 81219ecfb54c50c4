/** Makes what a job needs before a machine can start: source, kernel, image, programs, modules, disks. */

import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../config/paths.ts';
import { environment, folders, type Settings, userDir } from '../config/settings.ts';
import { makeDisk, overlay } from '../image/disk.ts';
import { buildImage, type Image } from '../image/initramfs.ts';
import { preparePackages } from '../image/packages.ts';
import { compileProgram } from '../image/program.ts';
import { type BuiltKernel, buildKernel } from '../kernel/build.ts';
import { parseConfigName } from '../kernel/config-fragments.ts';
import { buildModules } from '../kernel/external-modules.ts';
import type { BuildTimings } from '../kernel/make-kernel.ts';
import { loadOrder } from '../kernel/modules.ts';
import type { Patch } from '../kernel/patch.ts';
import { applySeries } from '../kernel/prepare.ts';
import { type KernelSource, openSource } from '../kernel/source.ts';
import type { PhaseTime } from '../model/run.ts';
import type { KernelObjects } from '../parse/symbolize.ts';
import { programsOf, type Suite } from '../suite/load.ts';
import type { Provisions } from '../suite/provision.ts';
import { removedWhenKilled } from '../util/janitor.ts';
import type { Scope } from '../util/scope.ts';
import type { AccelChoice } from '../vm/accel.ts';
import type { Clock, MachineSpec } from '../vm/machine-spec.ts';
import { buildTree } from '../xfstests/build.ts';
import type { Emitter } from './emitter.ts';

interface Options {
	readonly settings: Settings;
	readonly emitter: Emitter;
	readonly signal: AbortSignal;
}

/** The source behind a spec, with the patches on top. */
export function prepareSource(spec: string, patches: readonly Patch[], { emitter, signal }: Options): Promise<KernelSource> {
	return emitter.phase(`source ${spec}`, async (progress) => {
		const options = {
			cacheDir: folders.cache,
			cwd: userDir(),
			signal,
			onProgress: ({ detail }: { detail: string }) => progress(detail),
		};
		const source = await openSource(spec, options);
		return patches.length > 0 ? applySeries(source, patches, options) : source;
	});
}

/** The kernel of a source under a config, with what the suites ask for. */
export function prepareKernel(
	source: KernelSource,
	suites: readonly Suite[],
	{ settings, emitter, signal }: Options,
): Promise<BuiltKernel> {
	const make = async (progress: (detail: string, fraction?: number) => void) => {
		const kernel = await buildKernel({
			source,
			configNames: parseConfigName(settings.config),
			extraKconfig: suites.flatMap((suite) => suite.needs.kconfig.map((text) => ({ text, at: { file: join(suite.dir, 'suite.yaml') } }))),
			kconfigDir: checkout.kconfig,
			cacheDir: folders.cache,
			jobs: workers(settings),
			env: environment,
			signal,
			onProgress: ({ detail, done, total }) =>
				progress(
					done === undefined ? detail : `${detail} (${done}${total === undefined ? '' : ` of about ${total}`})`,
					total === undefined || done === undefined ? undefined : Math.min(1, done / total),
				),
		});
		for (const line of kernel.story) emitter.emit({ type: 'note', text: `${source.spec} ${settings.config}: ${line}` });
		return kernel;
	};
	return emitter.phase(`kernel ${source.spec} ${settings.config}`, make, ({ timings }) => partsOf(timings));
}

/** Compilers at work side by side. */
function workers({ jobs }: Settings): number {
	return jobs === 'auto' ? availableParallelism() : jobs;
}

/** Of a build, disjoint; undefined where nothing was built. */
function partsOf(timings: BuildTimings): PhaseTime['parts'] {
	const { prepareMs: prepare, configureMs: configure, makeMs, linkMs: link, storeMs: store } = timings;
	return makeMs === 0 ? undefined : { prepare, configure, make: makeMs - link, link, store };
}

/** The images the suites run in, by name. */
export async function prepareImages(names: readonly string[], { emitter, signal }: Options): Promise<ReadonlyMap<string, Image>> {
	const images = new Map<string, Image>();
	for (const name of new Set(names))
		images.set(
			name,
			await emitter.phase(`image ${name}`, (progress) =>
				buildImage(name, { checkout: checkout.top, cacheDir: folders.cache, signal, onProgress: (detail) => progress(detail) }),
			),
		);
	return images;
}

/** Host folders whose content the disks of a suite begin with, by the disk's name. */
type Contents = Provisions['contents'];

/**
 * What is to be on the disks of the suites, by suite, made before any kernel is built, so that a tree that does not build is told at once. A
 * suite whose disks begin empty has no entry.
 */
export async function prepareContents(suites: readonly Suite[], options: Options): Promise<ReadonlyMap<string, Contents>> {
	const found = new Map<string, Contents>();
	const filled = [...new Map(suites.map((suite) => [suite.name, suite])).values()].filter(({ needs }) =>
		Object.values(needs.disks).some((disk) => disk.packages ?? disk.tree),
	);
	for (const suite of filled)
		await options.emitter.phase(`disks ${suite.name}`, async (progress) => {
			const contents = await fillDisks(suite, options, progress);
			for (const [name, disk] of Object.entries(suite.needs.disks))
				await makeDisk({ ...disk, content: contents[name] }, { cacheDir: folders.cache, signal: options.signal, onProgress: progress });
			found.set(suite.name, contents);
		});
	return found;
}

async function fillDisks(suite: Suite, { settings, signal }: Options, onProgress: (detail: string) => void): Promise<Contents> {
	const contents: Record<string, string> = {};
	for (const [name, { packages, tree }] of Object.entries(suite.needs.disks)) {
		if (packages) contents[name] = (await preparePackages(packages, { cacheDir: folders.cache, signal, onProgress })).root;
		if (tree && suite.xfstests !== undefined)
			contents[name] = await buildTree(suite.xfstests, { cacheDir: folders.cache, jobs: workers(settings), signal, onProgress });
	}
	return contents;
}

/** What a suite brings into the guest, and the objects its splats are symbolised with. */
export async function prepareSuite(
	suite: Suite,
	kernel: BuiltKernel,
	contents: Contents,
	{ emitter, signal }: Pick<Options, 'emitter' | 'signal'>,
): Promise<{ provisions: Provisions; objects: KernelObjects }> {
	return emitter.phase(`suite ${suite.name}`, async (progress) => {
		const programs = await Promise.all(
			programsOf(suite).map(async ({ name, sources }) => ({ name, path: await compileProgram(sources, name, folders.cache, signal) })),
		);
		const ours = await buildModules(
			kernel,
			suite.needs.kernelModules.map((path) => join(suite.dir, path)),
			{ cacheDir: folders.cache, signal, onProgress: ({ detail }) => progress(detail) },
		);
		const { load } = loadOrder(kernel.modules, suite.needs.modules, kernel.builtins);
		const debugPaths = new Map([...kernel.modules, ...ours].map((module) => [module.name, module.debugPath]));
		return {
			provisions: { lib: join(checkout.suites, 'lib'), programs, modules: load, kernelModules: ours, contents },
			objects: { vmlinux: kernel.vmlinuxDebug, modules: debugPaths },
		};
	});
}

/** A machine for a suite, as a plan: nothing is made. Disks and shares are below `dir`. */
export function machineSpec(
	suite: Suite,
	parts: {
		readonly boot: string;
		readonly initrd: string;
		readonly accel: AccelChoice['accel'];
		readonly clock: Clock;
		/** QEMU can record it. */
		readonly isRecordable?: boolean;
	},
	dir: string,
): MachineSpec {
	return {
		kernel: parts.boot,
		initrd: parts.initrd,
		// With ticks time leaps 10 ms at once; without, straight to the next deadline, while a disk has still to answer.
		// Each PAUSE is an event of a recording, and a stop in its replay: of those of a boot, four fifths calibrate the local APIC's timer.
		cmdline: [...suite.cmdline, ...(parts.clock === 'warp' ? ['nohz=off'] : []), ...(parts.isRecordable ? ['nolapic_timer'] : [])].join(
			' ',
		),
		// icount runs CPUs in turn, and QEMU 7.2 gives the second none while the first is busy: 6.1 never brings it up.
		cpus: parts.clock === 'warp' || parts.isRecordable ? 1 : suite.cpus,
		memoryMiB: suite.memory,
		accel: parts.accel,
		clock: parts.clock,
		disks: Object.keys(suite.needs.disks).map((name) => ({ name, path: join(dir, `${name}.qcow2`), format: 'qcow2' as const })),
		shares: Object.entries(suite.needs.shares).map(([tag, kind]) => ({ tag, path: join(dir, 'shares', tag), kind })),
	};
}

/** Makes the disks and folders that a spec names: fresh overlays over pristine disks, empty shares; gone with `scope`. */
export async function furnish(
	spec: MachineSpec,
	suite: Suite,
	{ contents }: Pick<Provisions, 'contents'>,
	scope: Scope,
	signal: AbortSignal,
): Promise<void> {
	for (const { name, path } of spec.disks ?? []) {
		const disk = suite.needs.disks[name];
		if (!disk) throw new Error(`the suite ${suite.name} has no disk ${name}`);
		const base = await makeDisk({ ...disk, content: contents[name] }, { cacheDir: folders.cache, signal });
		scope.use(removedWhenKilled(path));
		scope.defer(() => rm(path, { force: true }));
		// The host may have gone down with one.
		await rm(path, { force: true });
		await overlay(base, path, signal);
	}
	for (const { path } of spec.shares ?? []) {
		scope.use(removedWhenKilled(path));
		scope.defer(() => rm(path, { recursive: true, force: true }));
		await mkdir(path, { recursive: true });
	}
}
