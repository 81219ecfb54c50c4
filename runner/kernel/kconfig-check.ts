/** Every request held against the .config that came out; what was dropped is explained by the dependency that is missing. */

import { formatPosition } from '../util/errors.ts';
import { didYouMean } from '../util/text.ts';
import type { Request } from './fragment.ts';
import { describe, evaluate, shortfalls, symbolsOf, type Tristate, type Values } from './kconfig-expression.ts';
import type { Definition, KconfigTree } from './kconfig-language.ts';

export interface Dropped {
	readonly request: Request;
	/** What the symbol came out as. */
	readonly value: string;
}

/** Symbols of a .config's text; a symbol that is not set is absent. Strings keep their quotes. */
export function parseDotConfig(text: string): Map<string, string> {
	const values = new Map<string, string>();
	// "CONFIG_NR_CPUS=16"
	for (const [, symbol = '', value = ''] of text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)) values.set(symbol, value);
	return values;
}

/** The requests that did not come out as asked. */
export function findDropped(requests: readonly Request[], config: ReadonlyMap<string, string>): Dropped[] {
	return requests
		.map((request) => ({ request, value: config.get(request.symbol) ?? 'n' }))
		.filter(({ request, value }) => !isSame(request.value, value));
}

function isSame(asked: string, came: string): boolean {
	// kconfig writes 0x10 for a hex symbol asked for as 16, and the like
	return asked === came || (/^-?(?:0x)?[\da-f]+$/i.test(asked) && asked !== '' && Number(asked) === Number(came));
}

/** `CACHEFILES_ONDEMAND (kconfig/netfs.config:9) was dropped: needs CACHEFILES [=n]`. */
export function explain({ request, value }: Dropped, tree: KconfigTree, config: ReadonlyMap<string, string>): string {
	const { symbol } = request;
	const values: Values = (name) => (config.get(name) ?? 'n').replaceAll('"', '');
	const what = `${symbol} (${formatPosition(request.at)})`;
	const definitions = tree.definitions.get(symbol);
	if (!definitions) {
		const near = didYouMean(symbol, [...tree.definitions.keys()]);
		return `${what}: this kernel has no such symbol${near ? `; ${near}` : ''}`;
	}
	const came = value === 'n' ? 'was dropped' : `is ${value}, not ${request.value}`;
	const selectors = (tree.selections.get(symbol) ?? []).filter(
		({ by, condition }) => evaluate({ kind: 'symbol', name: by }, values) > 0 && (!condition || evaluate(condition, values) > 0),
	);
	if (selectors.length > 0 && levelOf(value) > levelOf(request.value))
		return `${what} ${came}: selected by ${list(selectors.map(({ by }) => `${by} [=${values(by)}]`))}`;
	const isBool = definitions.some(({ type }) => type === 'bool');
	if (isBool && request.value === 'm') return `${what} ${came}: it is a bool in this kernel, y or n`;
	if (request.value !== 'n') {
		const needs = missingOf(definitions, levelOf(request.value) || 2, isBool, values);
		if (needs.length > 0) return `${what} ${came}: needs ${join(needs.map((need) => withSelectors(need, tree)))}`;
	}
	if (definitions.every(({ prompt }) => prompt === undefined)) return `${what} ${came}: it has no prompt, ${onlySelected(symbol, tree)}`;
	const macros = definitions.flatMap(({ depends, prompt }) => [...depends, ...(prompt ?? [])]).flatMap(macrosOf);
	if (macros.length > 0) return `${what} ${came}: the toolchain may lack ${macros.join(', ')}`;
	const isInChoice = definitions.some((definition) => definition.isInChoice);
	const choice = isInChoice && request.value === 'y' ? ': its choice fell on another option,' : ', and no dependency tells why; see';
	return `${what} ${came}${choice} ${definitions.map(({ file, line }) => `${file}:${line}`).join(', ')}`;
}

/** Of several definitions, the shortfalls of the one that is nearest to being met. */
function missingOf(definitions: readonly Definition[], wanted: Tristate | 1 | 2, isBool: boolean, values: Values) {
	const level: Tristate = isBool && wanted === 2 ? 1 : wanted;
	const options = definitions
		.filter(({ prompt }) => prompt !== undefined || definitions.length === 1)
		.map(({ depends, prompt }) =>
			[...depends, ...(prompt ?? [])]
				.flatMap((condition) => shortfalls(condition, level, values))
				.map((part) => ({
					text: describe(part, values),
					symbols: symbolsOf(part),
				})),
		)
		.sort((a, b) => a.length - b.length);
	const [best = []] = options;
	return [...new Map(best.map((need) => [need.text, need])).values()];
}

function withSelectors(need: { text: string; symbols: readonly string[] }, tree: KconfigTree): string {
	const [symbol] = need.symbols;
	if (need.symbols.length !== 1 || symbol === undefined || need.text.startsWith('!')) return need.text;
	const definitions = tree.definitions.get(symbol);
	if (!definitions) return `${need.text} (not a symbol of this kernel and architecture)`;
	return definitions.some(({ prompt }) => prompt !== undefined) ? need.text : `${need.text} (no prompt: ${onlySelected(symbol, tree)})`;
}

function onlySelected(symbol: string, tree: KconfigTree): string {
	const by = [...new Set((tree.selections.get(symbol) ?? []).map((selection) => selection.by))];
	return by.length > 0 ? `only selected by ${list(by)}` : 'and nothing selects it';
}

/** `A and (B || C)`. */
function join(needs: readonly string[]): string {
	return needs.length > 1 ? needs.map((need) => (need.includes(' || ') ? `(${need})` : need)).join(' and ') : (needs[0] ?? '');
}

function list(names: readonly string[]): string {
	return names.length <= 6 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}

function macrosOf(condition: Parameters<typeof describe>[0]): string[] {
	if (condition.kind === 'constant') return condition.text.startsWith('$(') ? [condition.text] : [];
	if (condition.kind === 'and') return [...macrosOf(condition.left), ...macrosOf(condition.right)];
	return [];
}

function levelOf(value: string): Tristate {
	return value === 'y' ? 2 : value === 'm' ? 1 : 0;
}
