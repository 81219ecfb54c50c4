import test from 'ava';
import { formatPosition, UserError } from '../util/errors.ts';
import { isPattern, parseTestList } from './test-list.ts';

test('a line is a test, and the reason behind it', (t) => {
	const text = '# known\n\ngeneric/001 # needs a quota\n  generic/0?? \nxfs/018-x\t#\n';
	const at = (line: number, column: number) => ({ file: 'list', line, column });
	t.deepEqual(parseTestList(text, 'list'), [
		{ pattern: 'generic/001', reason: 'needs a quota', at: at(3, 1) },
		{ pattern: 'generic/0??', at: at(4, 3) },
		{ pattern: 'xfs/018-x', at: at(5, 1) },
	]);
	t.deepEqual(parseTestList(text.replaceAll('\n', '\r\n'), 'list'), parseTestList(text, 'list'));
});

for (const line of ['generic', 'generic/001 generic/002', 'generic/001: slow', '/generic/001', '-g quick'])
	test(`"${line}" is refused with its place`, (t) => {
		const error = t.throws(() => parseTestList(`generic/001\n ${line}\n`, 'list'), { instanceOf: UserError });
		t.is(formatPosition(error.at ?? { file: '' }), 'list:2:2');
		t.true(error.message.includes(line), error.message);
	});

test('patterns over names are names too', (t) => {
	for (const name of ['generic/001', 'generic/4[67]?', '*/001', 'btrfs/018-long']) t.true(isPattern(name), name);
	for (const name of ['001', 'generic/', '../../etc/passwd', 'a b/001']) t.false(isPattern(name), name);
});
