/** A recording on disk: results/<id>-rr/, everything that QEMU and gdb need to run a failed attempt again, whatever becomes of the cache. */

import { copyFile, link, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../config/settings.ts';
import { makeDisk, overlay, packDisk } from '../image/disk.ts';
import type { Attempt, KernelIdentity } from '../model/run.ts';
import { type ModuleSections, parseToldSections } from '../suite/told-sections.ts';
import { UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';
import { didYouMean } from '../util/text.ts';
import { outputsOf } from '../vm/launch.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { outputPath } from '../vm/rr-args.ts';
import { eventLog, type RecordedAttempt } from './recorder.ts';

/** recording.json; paths are relative to its folder. Written last. */
export interface Recording {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly made: string;
	readonly suite: string;
	readonly case: string;
	/** The QEMU that wrote the log: another version may not understand it. */
	readonly qemu: string;
	readonly kernel: KernelIdentity;
	readonly spec: MachineSpec;
	/** Modules that were loaded, where they were; `path` is the file with debug information, where it is known. */
	readonly modules: readonly { readonly name: string; readonly path?: string; readonly sections: ModuleSections }[];
	readonly attempt: Attempt;
	/** Which attempt it was. */
	readonly number: number;
	/** Of the attempt with its boot, and of the same without a log. */
	readonly tookMs: number;
	readonly plainMs: number;
	readonly logBytes: number;
}

/** Where things are in the folder of a recording. */
export const recordingFiles = {
	manifest: 'recording.json',
	log: 'rr.log',
	kernel: 'kernel',
	initrd: 'initrd',
	console: 'console.log',
	/** Of the last replay that said something else. */
	otherConsole: 'diverged-console.log',
	qemuArgs: 'qemu.args',
	vmlinux: 'vmlinux',
	modules: 'modules',
} as const;

// "20261121-014500-3fa9c1-rr"
const folderName = /^\d{8}-\d{6}-[0-9a-f]{6}-rr$/;

export function recordingDir(results: string, id: string): string {
	return join(results, `${id}-rr`);
}

/** Keeps an attempt in `dir`; its log is moved there. */
export async function keepRecording(
	dir: string,
	attempt: Attempt,
	made: RecordedAttempt,
	facts: Pick<Recording, 'id' | 'case' | 'qemu' | 'number' | 'plainMs'>,
	signal: AbortSignal,
): Promise<Recording> {
	const { spec, kernel, suite, objects } = made;
	const at = (name: string) => join(dir, name);
	const boot = join(made.dir, 'boot');
	await mkdir(at(recordingFiles.modules), { recursive: true });
	await rename(outputPath(outputsOf(boot), 'console'), at(recordingFiles.console));
	const console = await readFile(at(recordingFiles.console), 'latin1');
	await share(spec.kernel, at(recordingFiles.kernel));
	await share(spec.initrd, at(recordingFiles.initrd));
	await share(join(boot, 'qemu.args'), at(recordingFiles.qemuArgs));
	await share(kernel.vmlinuxDebug, at(recordingFiles.vmlinux));
	const modules: Recording['modules'][number][] = [];
	for (const [name, sections] of parseToldSections(console)) {
		const object = [...objects.modules].find(([known]) => known.replaceAll('-', '_') === name)?.[1];
		const path = join(recordingFiles.modules, `${name}.ko`);
		if (object !== undefined) await share(object, at(path));
		modules.push({ name, ...(object !== undefined && { path }), sections });
	}
	const disks = (spec.disks ?? []).map((disk) => ({ ...disk, path: `${disk.name}.qcow2` }));
	for (const { name, path } of disks) {
		const shape = suite.needs.disks[name];
		if (!shape) throw new Error(`the suite ${suite.name} has no disk ${name}`);
		const base = await makeDisk({ ...shape, content: made.provisions.contents[name] }, { cacheDir: folders.cache, signal });
		await packDisk(base, at(path), signal);
	}
	await rename(join(boot, eventLog), at(recordingFiles.log));
	const recording: Recording = {
		schema: 1,
		made: new Date().toISOString(),
		suite: suite.name,
		kernel: kernel.identity,
		spec: { ...spec, kernel: recordingFiles.kernel, initrd: recordingFiles.initrd, disks },
		modules,
		attempt,
		tookMs: made.tookMs,
		logBytes: (await stat(at(recordingFiles.log))).size,
		...facts,
	};
	await writeWhole(at(recordingFiles.manifest), `${JSON.stringify(recording, undefined, '\t')}\n`);
	return recording;
}

/** Resolves `latest`, an id or a unique beginning of one. */
export async function findRecording(results: string, name: string): Promise<{ dir: string; recording: Recording }> {
	const folders = (await readdir(results)).filter((entry) => folderName.test(entry)).sort();
	const kept: string[] = [];
	for (const folder of folders) if (await exists(join(results, folder, recordingFiles.manifest))) kept.push(folder.slice(0, -'-rr'.length));
	const wanted = name === 'latest' ? kept.at(-1) : name;
	const matches = kept.filter((id) => wanted !== undefined && wanted !== '' && (id === wanted || id.startsWith(wanted)));
	const [id] = matches;
	if (id === undefined || matches.length > 1)
		throw new UserError(
			kept.length === 0
				? 'there is no recording yet'
				: `${matches.length > 1 ? 'several recordings begin with' : 'no recording is called'} "${name}"`,
			{
				hint: kept.length === 0 ? './crucible rr record SUITE/CASE makes one' : (didYouMean(name, kept) ?? `the newest is ${kept.at(-1)}`),
			},
		);
	const dir = recordingDir(results, id);
	return { dir, recording: JSON.parse(await readFile(join(dir, recordingFiles.manifest), 'utf8')) as Recording };
}

/** The machine of a recording as it was before its first instruction: fresh overlays in `scratch` over the disks that are kept. */
export async function furnishAgain(dir: string, { spec }: Recording, scratch: string, signal: AbortSignal): Promise<MachineSpec> {
	const disks = (spec.disks ?? []).map((disk) => ({ ...disk, path: join(scratch, disk.path) }));
	for (const { name, path } of disks) await overlay(join(dir, `${name}.qcow2`), path, signal, 'qcow2');
	return { ...spec, kernel: join(dir, spec.kernel), initrd: join(dir, spec.initrd), disks };
}

/** The same file in another place: a link where the file system can, so that it costs nothing and outlives the cache. */
async function share(from: string, to: string): Promise<void> {
	await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
		if (error.code !== 'EXDEV' && error.code !== 'EPERM' && error.code !== 'EMLINK') throw error;
		await copyFile(from, to);
	});
}
