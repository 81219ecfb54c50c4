/** What a build came to, said on a line: which modules changed, whether vmlinux did, and why. */

import type { KernelIdentity } from '../model/run.ts';
import { count } from '../util/text.ts';
import { baseHash } from './identity.ts';
import type { Step } from './make-output.ts';
import type { Rebuilt } from './rebuilt.ts';
import { newWarnings, type Warning, warningText } from './warnings.ts';

type Hashes = KernelIdentity['hashes'];

export interface BuildFacts {
	readonly before: { readonly id: string; readonly hashes: Hashes };
	readonly after: { readonly id: string; readonly hashes: Hashes };
	/** make wrote vmlinux, be it the same. */
	readonly isLinked: boolean;
	/** What was compiled for vmlinux. */
	readonly rebuilt: readonly Rebuilt[];
	/** As configChanges says them. */
	readonly configChanges: readonly string[];
	readonly steps: readonly Step[];
	/** Built by tools of other versions than the last time: both. */
	readonly tools?: { readonly before: string; readonly after: string } | undefined;
}

/** `since the last build cachefiles changed (1 of 29 modules); vmlinux untouched: templates hold`. */
export function tellBuild(facts: BuildFacts): string {
	const { before, after, isLinked } = facts;
	if (before.id === after.id)
		return `nothing changed since the last build${isLinked ? `: vmlinux was linked anew (${whyLinked(facts)}) and is the same` : ''}`;
	const modules = tellModules(before.hashes.modules, after.hashes.modules);
	const { vmlinux, config } = after.hashes;
	const isSame = vmlinux === before.hashes.vmlinux;
	const holds = isSame && config === before.hashes.config;
	const base = !isSame
		? `vmlinux changed: ${whyLinked(facts)}`
		: isLinked
			? `vmlinux was linked anew (${whyLinked(facts)}) and runs the same code`
			: 'vmlinux untouched';
	const end = holds ? ': templates hold' : isSame ? `; .config changed (${list(facts.configChanges, 4)}): guests boot anew` : '';
	return `since the last build ${modules}; ${base}${end}`;
}

/** `cachefiles, nfs changed (2 of 29 modules)`. Equal hashes under different ids are other line numbers, in the debug information only. */
function tellModules(before: Hashes['modules'], after: Hashes['modules']): string {
	const { changed, made, gone } = modulesThatDiffer(before, after);
	const parts = [
		changed.length > 0 ? `${list(changed, 6)} changed (${changed.length} of ${count(Object.keys(after).length, 'module')})` : '',
		made.length > 0 ? `${list(made, 6)} new` : '',
		gone.length > 0 ? `${list(gone, 6)} gone` : '',
	].filter(Boolean);
	return parts.join('; ') || 'no module runs other code';
}

function modulesThatDiffer(before: Hashes['modules'], after: Hashes['modules']) {
	const names = Object.keys(after);
	return {
		changed: names.filter((name) => before[name] !== undefined && before[name] !== after[name]),
		made: names.filter((name) => before[name] === undefined),
		gone: Object.keys(before).filter((name) => after[name] === undefined),
	};
}

/** `include/linux/netfs.h reaches 4 built-in objects (fs/nfs_common/nfs_ssc.o, init/do_mounts.o, kernel/sysctl.o, ...)`. */
function whyLinked({ rebuilt, configChanges, steps, tools }: BuildFacts): string {
	const reasons: string[] = [];
	if (tools) reasons.push(`the tools changed: ${tools.after}, before ${tools.before}`);
	if (configChanges.length > 0) {
		const reached = rebuilt.filter(({ symbols }) => symbols.length > 0).length;
		reasons.push(`.config changed: ${list(configChanges, 4)}${reached > 0 ? `, which ${reach(reached)}` : ''}`);
	}
	const byInput = new Map<string, string[]>();
	for (const { object, inputs } of rebuilt) for (const input of inputs) byInput.set(input, [...(byInput.get(input) ?? []), object]);
	const inputs = [...byInput].sort(([, a], [, b]) => b.length - a.length);
	for (const [input, objects] of inputs.slice(0, 3)) reasons.push(`${input} ${reach(objects.length)} (${list(objects, 3)})`);
	if (inputs.length > 3) reasons.push(`${count(inputs.length - 3, 'more file')}`);
	const others = rebuilt.filter((one) => one.inputs.length === 0 && one.symbols.length === 0).map(({ object }) => object);
	if (others.length > 0) reasons.push(`${list(others, 3)} compiled anew, by none of the files known to have changed`);
	if (reasons.length > 0) return reasons.join('; ');
	// "AR fs/built-in.a", "LDS arch/x86/kernel/vmlinux.lds"
	const linking = steps.filter(({ verb }) => /^(?:AR|LD|LDS|OBJCOPY)$/.test(verb)).map(({ verb, target }) => `${verb} ${target}`);
	return linking.length > 0 ? `make began at ${list(linking, 2)}` : 'objects of a build that was cut off went in';
}

function reach(objects: number): string {
	return `reaches ${count(objects, 'built-in object')}`;
}

/** Up to `most` of them, and how many more. */
function list(names: readonly string[], most: number): string {
	const rest = names.length - most;
	return `${names.slice(0, most).join(', ')}${rest > 0 ? `, +${rest} more` : ''}`;
}

/** Says so when a series changes nothing that is built; undefined when it does. `patches` are their names. */
export function tellSeries(patches: readonly string[], plain: BuildFacts['before'], patched: BuildFacts['after']): string | undefined {
	const names = list(patches, 3);
	const change = patches.length === 1 ? 'changes' : 'change';
	if (plain.id === patched.id) return `${names} ${change} nothing that is built: this is the kernel without`;
	const differ = modulesThatDiffer(plain.hashes.modules, patched.hashes.modules);
	const isSame = baseHash(plain) === baseHash(patched) && Object.values(differ).flat().length === 0;
	return isSame ? `${names} ${change} no code: vmlinux and all modules run as without, but for line numbers` : undefined;
}

/** Says which files were written while make was at work; undefined when none was. */
export function tellMoved(paths: readonly string[]): string | undefined {
	if (paths.length === 0) return undefined;
	return `${list(paths, 3)} ${paths.length === 1 ? 'was' : 'were'} written while make was at work: this kernel may be of what stood there before, and the next run builds it anew`;
}

// What a reader takes in; a series with more has a build log to read.
const mostWarnings = 12;

/** Warnings in files that a series touches, a line each; `plain` are those of the kernel without it, where they are known. */
export function tellWarnings(touched: readonly string[], plain: readonly Warning[] | undefined, patched: readonly Warning[]): string[] {
	const found = newWarnings(touched, plain ?? [], patched);
	const word = plain === undefined ? 'compiler warning, maybe new' : 'new compiler warning';
	const more =
		found.length > mostWarnings ? [`and ${count(found.length - mostWarnings, 'more warning')} in files that the series touches`] : [];
	return [...found.slice(0, mostWarnings).map((warning) => `${word}: ${warningText(warning)}`), ...more];
}
