import test from 'ava';
import { parseComplaints } from './checkpatch.ts';

test('what checkpatch says is read, its other lines are not', (t) => {
	const said =
		'-:21: ERROR:TRAILING_WHITESPACE: trailing whitespace\n-:3: WARNING:LONG_LINE: line length of 140\ntotal: 1 errors\nWARNING:MISSING_SIGN_OFF: x\n-: WARNING:NO_AUTHOR_SIGN_OFF: y\n';
	t.deepEqual(
		parseComplaints(said).map(({ level, type }) => `${level} ${type}`),
		['ERROR TRAILING_WHITESPACE', 'WARNING LONG_LINE', 'WARNING NO_AUTHOR_SIGN_OFF'],
	);
});
