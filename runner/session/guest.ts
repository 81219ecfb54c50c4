/** A guest for a job's cases: cloned from a template where that works, booted where not, with the suite in it and its console scanned. */

import { readFile } from 'node:fs/promises';
import type { Splat } from '../model/run.ts';
import { createSplatScanner, findSplats } from '../parse/splat.ts';
import type { Suite } from '../suite/load.ts';
import { type Provisions, provision } from '../suite/provision.ts';
import { InfraError, messageOf } from '../util/errors.ts';
import { Scope } from '../util/scope.ts';
import { Machine } from '../vm/machine.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { openTemplate, type Template } from '../vm/template.ts';
import { furnish } from './workshop.ts';

export interface Guest extends AsyncDisposable {
	readonly machine: Machine;
	/** Host folders of its 9p shares, by tag. */
	readonly shares: Readonly<Record<string, string>>;
	/** One of many alike, made in a moment: not worth keeping for another case. */
	readonly isClone: boolean;
	/** Reports found since the last call. */
	readonly takeSplats: () => Splat[];
}

/** Where a job's guests come from; disposed with the job. */
export interface GuestSource extends AsyncDisposable {
	/** A fresh guest whose files of the start are in `dir`. `onSplat` hears of each report as it is found. */
	readonly start: (dir: string, onSplat: (splat: Splat) => void) => Promise<Guest>;
}

export interface GuestNeeds {
	readonly suite: Suite;
	readonly makeSpec: (dir: string) => MachineSpec;
	readonly provisions: Provisions;
	/** undefined: every guest boots. */
	readonly templates?: { readonly cacheDir: string; readonly kernelHash: string; readonly initrdHash: string } | undefined;
	readonly timeoutScale: number;
	/** Told when guests boot although templates were asked for, and why; and of what a template's making does. */
	readonly onNote: (text: string) => void;
	readonly signal: AbortSignal;
}

/** Opens the job's template with the first guest; when there can be none, or a clone does not come up, guests boot from then on. */
export function guestSource(needs: GuestNeeds): GuestSource {
	const { suite, signal, timeoutScale } = needs;
	let template: Template | undefined;
	let isCold = needs.templates === undefined;
	// A template's boot is told with the first guest: no clone shows it again.
	let bootSplats: Splat[] = [];

	const open = async (spec: MachineSpec) => {
		if (isCold || template || !needs.templates) return;
		const opened = await openTemplate(spec, { ...needs.templates, timeoutScale, signal });
		if (opened.way === 'cold') {
			isCold = true;
			needs.onNote(`${suite.name} boots every guest: ${opened.why}`);
			return;
		}
		template = opened.template;
		if (template.builtBecause !== undefined) needs.onNote(`${suite.name}: template made, since ${template.builtBecause}`);
		bootSplats = findSplats(await readFile(template.consoleLog));
	};

	const start: GuestSource['start'] = async (dir, onSplat) => {
		const scope = new Scope();
		try {
			const spec = needs.makeSpec(dir);
			await furnish(spec, suite, scope, signal);
			await open(spec);
			const found = bootSplats.splice(0);
			for (const splat of found) onSplat(splat);
			const scanner = createSplatScanner((splat) => {
				found.push(splat);
				onSplat(splat);
			});
			const onConsole = (chunk: Buffer) => scanner.write(chunk);
			const machine = scope.use(await Machine.start(spec, { dir, signal, timeoutScale, onConsole, ...(template && { template }) }));
			let isOver = false;
			void machine.exited.then(() => {
				isOver = true;
			});
			await provision(machine, suite, needs.provisions, signal);
			return {
				machine,
				shares: Object.fromEntries((spec.shares ?? []).map(({ tag, path }) => [tag, path])),
				isClone: template !== undefined,
				takeSplats() {
					// A report may stand open when the case is over; nothing more of it will come.
					if (isOver) scanner.end();
					else scanner.settle();
					return found.splice(0);
				},
				[Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
			};
		} catch (error) {
			await scope[Symbol.asyncDispose]();
			throw error;
		}
	};

	const closeTemplate = async () => {
		const closing = template;
		template = undefined;
		await closing?.[Symbol.asyncDispose]();
	};

	return {
		async start(dir, onSplat) {
			try {
				return await start(dir, onSplat);
			} catch (error) {
				if (!template || signal.aborted || !(error instanceof Error)) throw error;
				// A clone that does not come up says nothing of the kernel: it did boot once.
				needs.onNote(`${suite.name} boots its guests from here on: a clone did not come up (${messageOf(error).split('\n')[0]})`);
				isCold = true;
				await closeTemplate();
				if (error instanceof InfraError) throw error;
				return start(dir, onSplat);
			}
		},
		[Symbol.asyncDispose]: closeTemplate,
	};
}
