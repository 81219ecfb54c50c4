/** Kconfig fragments: requests for symbols, each with the place that asked, merged into one list. */

import { formatPosition, type Position, UserError } from '../util/errors.ts';
import type { KernelVersion } from './tree.ts';

export interface Request {
	/** Without CONFIG_. */
	readonly symbol: string;
	/** `y`, `m`, a number or a quoted string as .config has it; `n` stands for `is not set`. */
	readonly value: string;
	readonly at: Position;
}

/** A fragment as read: who may overrule whom is its layer. A debug fragment overrules the base, nothing else overrules anything. */
export interface Fragment {
	readonly layer: 'base' | 'debug' | 'suite';
	readonly requests: readonly Request[];
}

/** Requests of a fragment's text that apply to `version`; `file` is only named in errors. Anything unexpected is a UserError with file and line. */
export function parseFragment(text: string, file: string, version: KernelVersion): Request[] {
	const requests: Request[] = [];
	text.split('\n').forEach((line, index) => {
		const request = parseRequest(line, { file, line: index + 1 }, version);
		if (request) requests.push(request);
	});
	return requests;
}

/** One line of a fragment; undefined for a blank, a comment, or a request for other kernel versions. */
export function parseRequest(line: string, at: Position, version: KernelVersion): Request | undefined {
	const text = line.trim();
	if (text === '') return undefined;
	// "# CONFIG_KASAN is not set  # since: 6.8"
	const unset = /^# CONFIG_(\w+) is not set\s*(?:#(.*))?$/.exec(text);
	if (text.startsWith('#') && !unset) {
		if (/^#\s*CONFIG_\w+ is\b/.test(text))
			throw new UserError(`"${text}" is neither a request nor a comment`, { at, hint: 'write CONFIG_X=y, or # CONFIG_X is not set' });
		return undefined;
	}
	// "CONFIG_FSCACHE=m # until: 6.7"
	const set = /^CONFIG_(\w+)=("(?:[^"\\]|\\.)*"|-?\w+)\s*(?:#(.*))?$/.exec(text);
	const [, symbol, value, note] = set ?? [undefined, unset?.[1], 'n', unset?.[2]];
	if (symbol === undefined || value === undefined)
		throw new UserError(`"${text}" is no Kconfig request`, {
			at,
			hint: 'write CONFIG_X=y, CONFIG_X=m, CONFIG_X=<value>, or # CONFIG_X is not set',
		});
	return appliesTo(note, at, version) ? { symbol, value, at } : undefined;
}

function appliesTo(note: string | undefined, at: Position, version: KernelVersion): boolean {
	if (note === undefined) return true;
	// " since: 6.8", " until: 6.7"
	const [, word, major, minor] = /^\s*(since|until):\s*(\d+)\.(\d+)\s*$/.exec(note) ?? [];
	if (word === undefined)
		throw new UserError(`"#${note}" after a request means nothing`, {
			at,
			hint: 'write # since: 6.8 or # until: 6.7, or put the comment on its own line',
		});
	const difference = (version.major - Number(major)) * 1000 + version.minor - Number(minor);
	return word === 'since' ? difference >= 0 : difference <= 0;
}

/** One request per symbol, in the order of first asking. Two that contradict each other are a UserError that names both places. */
export function mergeFragments(fragments: readonly Fragment[]): Request[] {
	const merged = new Map<string, { readonly request: Request; readonly layer: Fragment['layer'] }>();
	for (const { layer, requests } of fragments) {
		for (const request of requests) {
			const earlier = merged.get(request.symbol);
			if (earlier?.request.value === request.value) continue;
			if (earlier && !(layer === 'debug' && earlier.layer === 'base'))
				throw new UserError(
					`CONFIG_${request.symbol} is to be ${request.value} here and ${earlier.request.value} in ${formatPosition(earlier.request.at)}`,
					{ at: request.at, hint: 'take one of the two away; only a debug fragment may overrule the base' },
				);
			merged.set(request.symbol, { request, layer });
		}
	}
	return [...merged.values()].map(({ request }) => request);
}

/** The text KCONFIG_ALLCONFIG takes. */
export function formatRequests(requests: readonly Request[]): string {
	return requests.map(({ symbol, value }) => (value === 'n' ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`)).join('');
}
