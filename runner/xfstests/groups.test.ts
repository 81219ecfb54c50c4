import test from 'ava';
import { parseBegin, parseGroupFile } from './groups.ts';

test('a test names its groups, and a comment behind them is none', (t) => {
	t.deepEqual(parseBegin('#! /bin/bash\n. ./common/preamble\n_begin_fstest auto quick rw # since then\necho\n'), ['auto', 'quick', 'rw']);
	t.deepEqual(parseBegin('_begin_fstest\tauto\n'), ['auto']);
});

test('a test of before that line names none, and one that only speaks of it neither', (t) => {
	t.is(parseBegin('#! /bin/bash\necho "QA output created by $seq"\n'), undefined);
	t.is(parseBegin('# see _begin_fstest quick\n\t_begin_fstest quick\n'), undefined);
});

test('a group file has a test and its groups on a line', (t) => {
	const found = parseGroupFile('# QA groups control file\n#\n001 rw dir auto quick\n\n002\tauto # quick\n018-long-name auto\n');
	t.deepEqual(
		[...found],
		[
			['001', ['rw', 'dir', 'auto', 'quick']],
			['002', ['auto']],
			['018-long-name', ['auto']],
		],
	);
});
