/** A guest for each attempt: cloned from a template where that works, booted where not, with the suite in it and its console scanned. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Splat } from '../model/run.ts';
import { createSplatScanner, findSplats } from '../parse/splat.ts';
import type { Suite } from '../suite/load.ts';
import { loadModules } from '../suite/load-modules.ts';
import { type Provisions, provision } from '../suite/provision.ts';
import { provisionHash } from '../suite/provision-hash.ts';
import { InfraError, messageOf } from '../util/errors.ts';
import { whileSame } from '../util/same.ts';
import { Scope } from '../util/scope.ts';
import { guestEnv, Machine } from '../vm/machine.ts';
import { isMachineFault } from '../vm/machine-fault.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { openTemplate, type Template, type TemplateOptions } from '../vm/template.ts';
import { furnish } from './workshop.ts';

export interface Guest extends AsyncDisposable {
	/** The one that runs: another after a crash. */
	readonly machine: Machine;
	/** Ends the machine as a power cut would, and starts another with the suite in it, on the same disks and shares; its files are in `dir`. */
	readonly crash: (dir: string) => Promise<void>;
	/** Host folders of its shares, by tag. */
	readonly shares: Readonly<Record<string, string>>;
	/** Reports found since the last call; the first call tells those of the template it came from, too. */
	readonly takeSplats: () => Splat[];
}

/** Where a job's guests come from; disposed with the job. */
export interface GuestSource extends AsyncDisposable {
	/** A fresh guest whose files of the start are in `dir`; several may be started at once. `onSplat` hears of each report as it is found. */
	readonly start: (dir: string, onSplat: (splat: Splat) => void) => Promise<Guest>;
}

export interface GuestNeeds {
	readonly suite: Suite;
	readonly makeSpec: (dir: string) => MachineSpec;
	readonly provisions: Provisions;
	/** undefined: every guest boots. */
	readonly templates?: { readonly cacheDir: string; readonly kernelHash: string; readonly initrdHash: string } | undefined;
	/** The initramfs has the suite: nothing is pushed into its guests. */
	readonly hasSuite?: boolean;
	/** Each guest is recorded, into a file of this name in its folder. */
	readonly recordTo?: string | undefined;
	/** Many guests are to come, so that a template with the suite in it pays even when it must be made. */
	readonly isForMany: boolean;
	readonly timeoutScale: number;
	/** Told when guests boot although templates were asked for, and why; and of what a template's making does. */
	readonly onNote: (text: string) => void;
	readonly signal: AbortSignal;
}

/** What guests go on from. */
interface Origin {
	/** Absent: they boot. */
	readonly template?: Template;
	/** Files are pushed and modules are loaded in the template. */
	readonly hasSuite: boolean;
	/** Reports of the template's making: every guest carries them, as one that boots would show them. */
	readonly splats: readonly Splat[];
}

/** Opens the templates with the first guest; when there can be none, or a clone does not come up, guests boot from then on. */
export function guestSource(needs: GuestNeeds): GuestSource {
	const { suite, signal, timeoutScale, recordTo } = needs;
	const scope = new Scope();
	const boot: Origin = { hasSuite: needs.hasSuite ?? false, splats: [] };
	let opening: Promise<Origin> | undefined;

	/** Every guest waits for the same templates; what went wrong with a machine is tried again by the next. */
	const originFor = (spec: MachineSpec): Promise<Origin> => {
		opening ??= openOrigin(needs, spec, boot, scope).catch((error: unknown) => {
			if (isMachineFault(error)) opening = undefined;
			throw error;
		});
		return opening;
	};

	const start = async (dir: string, onSplat: (splat: Splat) => void): Promise<Guest> => {
		const own = new Scope();
		let origin = boot;
		try {
			const spec = needs.makeSpec(dir);
			await furnish(spec, suite, needs.provisions, own, signal);
			origin = await originFor(spec);
			const { template, hasSuite } = origin;
			const found = [...origin.splats];
			for (const splat of found) onSplat(splat);
			const bring = async (home: string) => {
				const scanner = createSplatScanner((splat) => {
					found.push(splat);
					onSplat(splat);
				});
				const onConsole = (chunk: Buffer) => scanner.write(chunk);
				const log = recordTo === undefined ? undefined : join(home, recordTo);
				const machine = own.use(await Machine.start(spec, { dir: home, signal, timeoutScale, onConsole, template, recordTo: log }));
				const running = { machine, scanner, isOver: false };
				void machine.exited.then(() => {
					running.isOver = true;
				});
				if (!hasSuite) await provision(machine, suite, needs.provisions, signal);
				return running;
			};
			let running = await bring(dir);
			return {
				get machine() {
					return running.machine;
				},
				async crash(home) {
					await running.machine.crash();
					running.scanner.end();
					running = await bring(home);
				},
				shares: Object.fromEntries((spec.shares ?? []).map(({ tag, path }) => [tag, path])),
				takeSplats() {
					// A report may stand open when the case is over; nothing more of it will come.
					if (running.isOver) running.scanner.end();
					else running.scanner.settle();
					return found.splice(0);
				},
				[Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
			};
		} catch (error) {
			await own[Symbol.asyncDispose]();
			if (!origin.template || signal.aborted || !(error instanceof Error)) throw error;
			// A clone that does not come up says nothing of the kernel: it did boot once.
			needs.onNote(`${suite.name} boots its guests from here on: a clone did not come up (${messageOf(error).split('\n')[0]})`);
			opening = Promise.resolve(boot);
			if (error instanceof InfraError) throw error;
			return start(dir, onSplat);
		}
	};

	return { start, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}

/** The template with the suite in it where that is there or pays; else the bare one; else none. */
async function openOrigin(needs: GuestNeeds, spec: MachineSpec, boot: Origin, scope: Scope): Promise<Origin> {
	const { suite, provisions, signal, timeoutScale, onNote } = needs;
	if (!needs.templates) return boot;
	const options: TemplateOptions = { ...needs.templates, timeoutScale, signal };
	const bare = await openTemplate(spec, options);
	if (bare.way === 'cold') {
		onNote(`${suite.name} boots every guest: ${bare.why}`);
		return boot;
	}
	const base = scope.use(bare.template);
	if (base.builtBecause !== undefined) onNote(`${suite.name}: template made, since ${base.builtBecause}`);
	const bootSplats = findSplats(await readFile(base.consoleLog));
	const hash = () => provisionHash(suite, provisions);
	const contentHash = await hash();
	const stage = { base, contentHash, prepare };
	const staged = await openTemplate(spec, { ...options, stage, onlyKnown: !needs.isForMany }).catch((error: unknown) => {
		signal.throwIfAborted();
		// Each case meets the same, and tells it with its own evidence.
		return { way: 'cold', why: messageOf(error).split('\n')[0] } as const;
	});
	if (staged.way === 'cold') {
		if (needs.isForMany) onNote(`${suite.name}: each clone gets the suite anew: ${staged.why}`);
		return { template: base, hasSuite: false, splats: bootSplats };
	}
	const template = scope.use(staged.template);
	return { template, hasSuite: true, splats: [...bootSplats, ...findSplats(await readFile(template.consoleLog))] };

	async function prepare(machine: Machine): Promise<void> {
		await whileSame(suite.name, hash, contentHash, () => provision(machine, suite, provisions, signal));
		const ask = { env: guestEnv, timeoutMs: 60_000 * timeoutScale, signal };
		const why = await loadModules(machine, provisions.modules, ask);
		if (why !== undefined) throw new Error(why);
	}
}
