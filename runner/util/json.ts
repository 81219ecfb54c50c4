/** JSON of any size, in pieces: a document of a hundred megabytes is never one string. */

/**
 * Yields exactly the text of `JSON.stringify(value, undefined, '\t')`, taking arrays and objects apart down to `levels` below the top;
 * what lies deeper comes as one piece each.
 */
export function* jsonPieces(value: unknown, levels: number, indent = ''): Generator<string> {
	if (levels === 0 || typeof value !== 'object' || value === null) {
		// Strings hold no newline in JSON: each one found is between values.
		yield (JSON.stringify(value, undefined, '\t') ?? 'null').replaceAll('\n', `\n${indent}`);
		return;
	}
	const isList = Array.isArray(value);
	const entries = isList ? value.map((inner) => ['', inner]) : Object.entries(value).filter(([, inner]) => inner !== undefined);
	if (entries.length === 0) {
		yield isList ? '[]' : '{}';
		return;
	}
	const inside = `${indent}\t`;
	let lead = isList ? '[\n' : '{\n';
	for (const [key, inner] of entries) {
		yield `${lead}${inside}${isList ? '' : `${JSON.stringify(key)}: `}`;
		yield* jsonPieces(inner, levels - 1, inside);
		lead = ',\n';
	}
	yield `\n${indent}${isList ? ']' : '}'}`;
}
