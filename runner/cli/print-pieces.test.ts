import { Writable } from 'node:stream';
import test from 'ava';
import { printPieces } from './print-pieces.ts';

/** A stream that takes one piece, and fails with `code` at the next. */
function failing(code: string) {
	const taken: string[] = [];
	const out = new Writable({
		write(piece, _encoding, done) {
			if (taken.length > 0) return done(Object.assign(new Error(code), { code }));
			taken.push(String(piece));
			done();
		},
	});
	return { out, taken };
}

test('a reader that goes away ends a document, and a full disk is an error', async (t) => {
	const { out, taken } = failing('EPIPE');
	await printPieces(['a', 'b', 'c'], out);
	t.deepEqual(taken, ['a']);
	await t.throwsAsync(() => printPieces(['a', 'b', 'c'], failing('ENOSPC').out), { code: 'ENOSPC' });
});
