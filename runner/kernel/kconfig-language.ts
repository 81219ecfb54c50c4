/** A tree's Kconfig files read far enough to explain a dropped symbol: types, prompts, conditions, and who selects whom. */

import { type Expression, parseExpression } from './kconfig-expression.ts';

/** One `config` block; a symbol may have several. */
export interface Definition {
	/** Path below the tree and line of the `config` line. */
	readonly file: string;
	readonly line: number;
	readonly type?: 'bool' | 'tristate' | 'int' | 'hex' | 'string';
	/** `depends on`, and the conditions of the if, menu and choice blocks around it. */
	readonly depends: readonly Expression[];
	/** What the prompt's own `if` and `visible if` around it ask; undefined when there is no prompt. */
	readonly prompt?: readonly Expression[];
	readonly isInChoice: boolean;
}

export interface Selection {
	readonly by: string;
	readonly condition?: Expression;
}

export interface KconfigTree {
	readonly definitions: ReadonlyMap<string, readonly Definition[]>;
	/** By the symbol that is selected. */
	readonly selections: ReadonlyMap<string, readonly Selection[]>;
}

interface Block {
	readonly kind: 'if' | 'menu' | 'choice';
	readonly depends: Expression[];
	readonly visible: Expression[];
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Writable<Definition> & { depends: Expression[]; prompt?: Expression[] };

/**
 * Reads `Kconfig` and all it sources. `read` returns a file's text by its path below the tree, or undefined when there is
 * none; `variables` are what $(SRCARCH) and the like stand for.
 */
export function parseKconfig(read: (file: string) => string | undefined, variables: Readonly<Record<string, string>>): KconfigTree {
	const definitions = new Map<string, Definition[]>();
	const selections = new Map<string, Selection[]>();
	const blocks: Block[] = [];
	const expand = (text: string) => text.replace(/\$\((\w+)\)/g, (whole, name: string) => variables[name] ?? whole);

	const readFile = (file: string) => {
		const lines = (read(file) ?? '').replace(/\\\n/g, ' ').split('\n');
		// What an attribute line belongs to: a config block, or the menu or choice just opened.
		let draft: Draft | undefined;
		let symbol = '';
		let block: Block | undefined;
		for (let at = 0; at < lines.length; at++) {
			const line = stripComment(lines[at] ?? '');
			// Not `if-success = $(shell,…)` nor `if := x`, which define macros.
			const [, word = '', rest = ''] = /^\s*(\w+)(?![\w-]|\s*[:+]?=)\s*(.*)$/.exec(line) ?? [];
			switch (word) {
				case 'config':
				case 'menuconfig': {
					symbol = rest.trim();
					draft = {
						file,
						line: at + 1,
						depends: blocks.flatMap(({ depends }) => depends),
						isInChoice: blocks.some(({ kind }) => kind === 'choice'),
					};
					block = undefined;
					definitions.set(symbol, [...(definitions.get(symbol) ?? []), draft]);
					break;
				}
				case 'if':
				case 'menu':
				case 'choice':
					// `menu` and `choice` get theirs from the `depends on` lines that follow.
					block = { kind: word, depends: word === 'if' ? [parseExpression(rest)] : [], visible: [] };
					blocks.push(block);
					if (word === 'if') block = undefined;
					draft = undefined;
					break;
				case 'endif':
				case 'endmenu':
				case 'endchoice':
					blocks.pop();
					draft = undefined;
					block = undefined;
					break;
				case 'source':
				case 'rsource':
				case 'osource':
					readFile(expand(unquote(rest)));
					draft = undefined;
					block = undefined;
					break;
				case 'comment':
				case 'mainmenu':
					draft = undefined;
					block = undefined;
					break;
				case 'depends':
					(draft ?? block)?.depends.push(parseExpression(rest.replace(/^on\s+/, '')));
					break;
				case 'visible':
					block?.visible.push(parseExpression(rest.replace(/^if\s+/, '')));
					break;
				case 'bool':
				case 'tristate':
				case 'int':
				case 'hex':
				case 'string':
				case 'prompt':
					if (draft) {
						if (word !== 'prompt') draft.type = word;
						const prompt = /^("(?:[^"\\]|\\.)*"|'[^']*')\s*(?:if\s+(.*))?$/.exec(rest);
						if (prompt) draft.prompt = [...blocks.flatMap(({ visible }) => visible), ...(prompt[2] ? [parseExpression(prompt[2])] : [])];
					}
					break;
				case 'def_bool':
				case 'def_tristate':
					if (draft) draft.type = word === 'def_bool' ? 'bool' : 'tristate';
					break;
				case 'select':
					if (draft) {
						const [, target = '', condition] = /^(\w+)\s*(?:if\s+(.*))?$/.exec(rest) ?? [];
						const selection = { by: symbol, ...(condition && { condition: parseExpression(condition) }) };
						selections.set(target, [...(selections.get(target) ?? []), selection]);
					}
					break;
				case 'help':
					at = skipHelp(lines, at);
					break;
			}
		}
	};
	readFile('Kconfig');
	return { definitions, selections };
}

/** Index of the last line of the help text that starts after `at`: it ends at the first line indented less than its first. */
function skipHelp(lines: readonly string[], at: number): number {
	let indent: number | undefined;
	let last = at;
	for (let index = at + 1; index < lines.length; index++) {
		const line = lines[index] ?? '';
		if (line.trim() === '') continue;
		const width = widthOf(/^\s*/.exec(line)?.[0] ?? '');
		indent ??= width;
		if (width < indent || width === 0) break;
		last = index;
	}
	return last;
}

function widthOf(blank: string): number {
	let width = 0;
	for (const character of blank) width = character === '\t' ? (width & ~7) + 8 : width + 1;
	return width;
}

function stripComment(line: string): string {
	// `#` inside quotes is text
	return /^((?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*'|["'])*)/.exec(line)?.[1]?.trimEnd() ?? line;
}

function unquote(text: string): string {
	return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
