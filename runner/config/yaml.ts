/** YAML read against a zod schema; every mistake is a UserError with file, line and column. */

import { readFile } from 'node:fs/promises';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../util/errors.ts';

/** Parses `text`; `file` is only named in errors. Duplicate keys and unknown keys (strict schemas) are errors. */
export function parseYaml<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
	const at = (offset: number | undefined) => {
		if (offset === undefined) return { file };
		const { line, col } = lines.linePos(offset);
		return { file, line, column: col };
	};
	const [broken] = document.errors;
	if (broken) throw new UserError(`not valid YAML: ${broken.message}`, { at: at(broken.pos[0]) });
	const result = schema.safeParse(document.toJS());
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	if (!issue) throw new UserError('does not fit its schema', { at: { file } });
	const path = [...issue.path] as (string | number)[];
	// A record's key that its schema refuses: the reason is inside.
	let message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
	if (issue.code === 'unrecognized_keys' && issue.keys[0] !== undefined) {
		path.push(issue.keys[0]);
		message = `unknown key "${issue.keys[0]}"`;
	}
	const where = path.length > 0 ? `${path.join('.')}: ` : '';
	throw new UserError(`${where}${message}`, { at: at(offsetOf(document.contents, path)) });
}

/** Reads and parses a file; an absent or unreadable one is a UserError. */
export async function readYaml<S extends z.ZodType>(schema: S, file: string): Promise<z.output<S>> {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
	});
	return parseYaml(schema, text, file);
}

/** Offset of the deepest node on `path` that exists; of its key where it is a mapping's entry. */
function offsetOf(root: unknown, path: readonly (string | number)[]): number | undefined {
	let node: unknown = root;
	let offset = (node as { range?: [number] } | null)?.range?.[0];
	for (const step of path) {
		if (isMap(node)) {
			const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
			if (!pair) break;
			offset = (pair.key as { range?: [number] }).range?.[0] ?? offset;
			node = pair.value;
		} else {
			const items = (node as { items?: unknown[] } | null)?.items;
			const item = items?.[Number(step)];
			if (item === undefined) break;
			node = item;
			offset = (node as { range?: [number] }).range?.[0] ?? offset;
		}
	}
	return offset;
}
