/** Templates: a machine is booted once and saved; clones go on from there. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError, messageOf } from '../util/errors.ts';
import { exec } from '../util/exec.ts';
import { makeWhole, writeWhole } from '../util/files.ts';
import { removedWhenKilled } from '../util/janitor.ts';
import { lock } from '../util/lock.ts';
import { diskSize } from './disk-size.ts';
import { Machine } from './machine.ts';
import type { MachineSpec } from './machine-spec.ts';
import { qemu } from './qemu-args.ts';
import { QmpError } from './qmp.ts';
import { type Snapshot, saveSnapshot } from './snapshot.ts';
import { stageKey, templateKey } from './template-key.ts';
import { buildLockPath, defaultLimits, keepWithin, type Limits, removeLeftovers, removeTemplate, useLock } from './template-limit.ts';
import {
	describeRam,
	describeState,
	type Expected,
	findFlaw,
	type Manifest,
	manifestName,
	ramPath,
	readManifest,
	stateName,
} from './template-manifest.ts';
import { chooseRamDir, templatesDir } from './template-place.ts';

export interface TemplateOptions {
	readonly cacheDir: string;
	/** Of the files that the spec names, or of what determines them. */
	readonly kernelHash: string;
	readonly initrdHash: string;
	readonly signal?: AbortSignal | undefined;
	readonly timeoutScale?: number;
	readonly bootTimeoutMs?: number;
	readonly limits?: Limits;
	/** `false` leaves the host's memory alone: the RAM file is in the cache. */
	readonly ramInMemory?: boolean;
	/** Its guests go on from there. */
	readonly stage?: Stage;
	/** Makes none: cold when there is no template yet, or a flawed one. */
	readonly onlyKnown?: boolean;
	/** Sees the console of a template while it boots, and of one that does not come up. */
	readonly onConsole?: (chunk: Buffer) => void;
	/** `booting a template`, `waiting for ...`. */
	readonly onProgress?: (detail: string) => void;
}

/** A template of a second kind: not booted, but another one's clone with something done to it. */
export interface Stage {
	readonly base: Template;
	/** Of what `prepare` brings into the guest. */
	readonly contentHash: string;
	/** Leaves nothing running in the guest that has to do with the host. */
	readonly prepare: (machine: Machine) => Promise<void>;
}

/** Usable, and safe from eviction, until disposed. */
export interface Template extends Snapshot, AsyncDisposable {
	readonly key: string;
	/** What the kernel said while the template booted or was prepared, for the splat scanner: no clone shows it again. */
	readonly consoleLog: string;
	/** How long that boot, or that preparing, took, whenever it was. */
	readonly bootMs: number;
	/** Now, and why; undefined when it was there. */
	readonly builtBecause: string | undefined;
}

/** A template, or the reason why machines of this spec are to be booted. */
export type OpenedTemplate = { readonly way: 'clone'; readonly template: Template } | { readonly way: 'cold'; readonly why: string };

/** No machine of this shape can be saved by this QEMU. */
class CannotSave extends Error {}

/**
 * The template of a spec, found and checked, or else made. The spec's disks are looked at for their size only, and its shares
 * not at all. Throws a KernelError when the kernel does not boot, an InfraError when QEMU is lost while it does.
 */
export async function openTemplate(spec: MachineSpec, options: TemplateOptions): Promise<OpenedTemplate> {
	const { cacheDir, signal, onProgress } = options;
	const diskBytes = Object.fromEntries(
		await Promise.all((spec.disks ?? []).map(async (disk) => [disk.name, await diskSize(disk)] as const)),
	);
	const host = await readHost(spec.accel, signal);
	const booted = templateKey(spec, { ...options, ...host, diskBytes });
	const key = options.stage ? stageKey(booted, options.stage.contentHash) : booted;
	const dir = join(templatesDir(cacheDir), key);
	await using _building = await lock(buildLockPath(cacheDir, key), {
		signal,
		onWait: () => onProgress?.('waiting for a template that another run makes'),
	});
	const known = await readManifest(dir);
	if (known && 'cannotSave' in known) {
		if (known.key === key && known.qemuVersion === host.qemuVersion) return { way: 'cold', why: known.cannotSave };
	}
	const expected: Expected = { key, ...host };
	const saved = known && 'ram' in known ? known : undefined;
	const flaw = saved ? await findFlaw(dir, saved, expected) : 'there was none';
	if (saved && flaw === undefined) return { way: 'clone', template: await take(options, dir, saved, undefined) };
	if (options.onlyKnown) return { way: 'cold', why: flaw ?? 'there was none' };
	onProgress?.(flaw === 'there was none' ? 'booting a template' : `booting a template again: ${flaw}`);
	await removeTemplate(cacheDir, key);
	await removeLeftovers(cacheDir, key);
	try {
		const manifest = await build(spec, diskBytes, expected, dir, options);
		return { way: 'clone', template: await take(options, dir, manifest, flaw) };
	} catch (error) {
		if (!(error instanceof CannotSave)) throw error;
		return { way: 'cold', why: error.message };
	}
}

async function take(options: TemplateOptions, dir: string, manifest: Manifest, builtBecause: string | undefined): Promise<Template> {
	const { cacheDir, signal, limits = defaultLimits } = options;
	const { key, bootMs } = manifest;
	const using = await useLock(cacheDir, key, signal);
	// The time of the last use, for the limits.
	const now = new Date();
	await utimes(join(dir, manifestName), now, now);
	await keepWithin(cacheDir, limits, key);
	return {
		key,
		bootMs,
		builtBecause,
		ram: ramPath(dir, manifest),
		state: join(dir, stateName),
		consoleLog: join(dir, 'boot/console.log'),
		[Symbol.asyncDispose]: () => using[Symbol.asyncDispose](),
	};
}

/** What the host contributes to the key and the checks. */
async function readHost(accel: MachineSpec['accel'], signal: AbortSignal | undefined) {
	const [bootId, version, cpuinfo] = await Promise.all([
		readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
		exec(qemu, ['--version'], { signal }),
		accel === 'kvm' ? readFile('/proc/cpuinfo', 'utf8') : '',
	]);
	// "model name\t: Intel(R) Xeon(R) ...", "flags\t\t: fpu vme ..."
	const cpuModel = /^model name.*$/m.exec(cpuinfo)?.[0].concat(/^flags.*$/m.exec(cpuinfo)?.[0] ?? '');
	return { bootId: bootId.trim(), qemuVersion: version.stdout.split('\n')[0] ?? '', cpuModel };
}

async function build(
	spec: MachineSpec,
	diskBytes: Readonly<Record<string, number>>,
	expected: Expected,
	dir: string,
	options: TemplateOptions,
): Promise<Manifest> {
	const { cacheDir, ramInMemory = true } = options;
	const inMemory = ramInMemory ? await chooseRamDir(cacheDir, spec.memoryMiB) : undefined;
	const inMemoryPath = inMemory && join(inMemory, `${expected.key}-${randomBytes(4).toString('hex')}.ram`);
	using _unlessKilled = inMemoryPath === undefined ? undefined : removedWhenKilled(inMemoryPath);
	let manifest: Manifest | undefined;
	try {
		await makeWhole(dir, async (aside) => {
			const ram = inMemoryPath ?? join(aside, 'ram');
			const bare = await unfurnished(spec, diskBytes, join(aside, 'bare'));
			const bootMs = await makeAndSave(bare, { ram, state: join(aside, stateName) }, join(aside, 'boot'), options);
			await prove(bare, { ram, state: join(aside, stateName) }, join(aside, 'proof'), options);
			await Promise.all(['bare', 'proof'].map((name) => rm(join(aside, name), { recursive: true })));
			manifest = {
				key: expected.key,
				qemuVersion: expected.qemuVersion,
				...(inMemoryPath !== undefined && { bootId: expected.bootId }),
				bootMs,
				state: await describeState(join(aside, stateName)),
				ram: { path: inMemoryPath ?? 'ram', ...(await describeRam(ram)) },
			};
			await writeFile(join(aside, manifestName), `${JSON.stringify(manifest, undefined, '\t')}\n`);
		});
		if (!manifest) throw new Error('a template without a manifest');
		return manifest;
	} catch (error) {
		if (inMemoryPath !== undefined) await rm(inMemoryPath, { force: true });
		if (error instanceof CannotSave && error.cause instanceof QmpError) {
			const refusal = { key: expected.key, qemuVersion: expected.qemuVersion, cannotSave: error.message };
			await writeWhole(join(dir, manifestName), `${JSON.stringify(refusal, undefined, '\t')}\n`);
		}
		throw error;
	}
}

/** The same machine with blank disks and empty shares: what a guest sees of them until a case runs. */
async function unfurnished(spec: MachineSpec, diskBytes: Readonly<Record<string, number>>, dir: string): Promise<MachineSpec> {
	await mkdir(dir);
	const disks = (spec.disks ?? []).map((disk) => ({ ...disk, path: join(dir, `${disk.name}.raw`), format: 'raw' as const }));
	for (const { name, path } of disks) {
		const file = await open(path, 'wx');
		await file.truncate(diskBytes[name]).finally(() => file.close());
	}
	const shares = (spec.shares ?? []).map((share) => ({ ...share, path: join(dir, `share-${share.tag}`) }));
	for (const { path } of shares) await mkdir(path);
	return { ...spec, disks, shares };
}

/** Boots a machine, or prepares a clone, and saves it; returns how long it took until then. */
async function makeAndSave(spec: MachineSpec, { ram, state }: Snapshot, dir: string, options: TemplateOptions): Promise<number> {
	const began = performance.now();
	const { stage, signal } = options;
	// Holes stay holes.
	if (stage) await exec('cp', ['--sparse=auto', stage.base.ram, ram], { signal, detached: true });
	const template = stage && { ram, state: stage.base.state };
	await using machine = await Machine.start(spec, { ...options, dir, ramFile: ram, template });
	await stage?.prepare(machine);
	const bootMs = Math.round(performance.now() - began);
	// Nothing of the making may come out of a clone.
	await machine.mark('the template is ready');
	await machine.watch(() => machine.agent.getReady(20_000 * (options.timeoutScale ?? 1), signal));
	await saveSnapshot(machine.qmp, `${state}.part`, signal).catch((error: unknown) => {
		signal?.throwIfAborted();
		throw new CannotSave(`the machine cannot be saved: ${messageOf(error)}`, { cause: error });
	});
	await rename(`${state}.part`, state);
	return bootMs;
}

/** A template that was never seen to work is none. */
async function prove(spec: MachineSpec, template: Snapshot, dir: string, options: TemplateOptions): Promise<void> {
	try {
		const { onConsole: _, ...rest } = options;
		await using clone = await Machine.start(spec, { ...rest, dir, template });
		await clone.watch(() => clone.agent.ping(10_000 * (options.timeoutScale ?? 1)));
	} catch (error) {
		options.signal?.throwIfAborted();
		throw new CannotSave(`a saved machine does not go on: ${messageOf(error)}`, { cause: new InfraError(messageOf(error)) });
	}
}
