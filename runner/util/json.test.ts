import test from 'ava';
import { jsonPieces } from './json.ts';

test('the pieces make the text that JSON.stringify gives, however deep they go', (t) => {
	const value = { a: [1, 'two\nlines', { b: null, c: undefined, d: [] }], e: {}, f: { 'g "h"': [[true], [undefined]] }, i: [] };
	for (let levels = 0; levels < 6; levels++) t.is([...jsonPieces(value, levels)].join(''), JSON.stringify(value, undefined, '\t'));
	for (const other of [[], {}, 'text', 1, null, [undefined]])
		t.is([...jsonPieces(other, 2)].join(''), JSON.stringify(other, undefined, '\t'));
});
