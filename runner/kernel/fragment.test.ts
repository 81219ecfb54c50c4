import test from 'ava';
import { formatPosition, UserError } from '../util/errors.ts';
import { type Fragment, formatRequests, mergeFragments, parseFragment } from './fragment.ts';

const v612 = { major: 6, minor: 12, text: '6.12.117' };
const v61 = { major: 6, minor: 1, text: '6.1.192' };

function layer(name: Fragment['layer'], file: string, text: string): Fragment {
	return { layer: name, requests: parseFragment(text, file, v612) };
}

test('values, unset symbols, strings and numbers are requests; blanks and comments are not', (t) => {
	const text = '# Why\n\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=-1\nCONFIG_D="a b"\nCONFIG_E=0x10\n';
	t.deepEqual(
		parseFragment(text, 'f', v612).map(({ symbol, value, at }) => `${symbol}=${value}@${at.line}`),
		['A=y@3', 'B=n@4', 'C=-1@5', 'D="a b"@6', 'E=0x10@7'],
	);
});

test('since and until keep a request to some kernels', (t) => {
	const text = 'CONFIG_FSCACHE=y # since: 6.8\nCONFIG_FSCACHE=m # until: 6.7\n';
	t.is(formatRequests(parseFragment(text, 'f', v612)), 'CONFIG_FSCACHE=y\n');
	t.is(formatRequests(parseFragment(text, 'f', v61)), 'CONFIG_FSCACHE=m\n');
});

test('since and until include the version they name', (t) => {
	t.is(parseFragment('CONFIG_A=y # since: 6.12\nCONFIG_B=y # until: 6.12\n', 'f', v612).length, 2);
});

for (const [line, pattern] of [
	['CONFIG_A', /no Kconfig request/],
	['A=y', /no Kconfig request/],
	['CONFIG_A=y # only: 6.1', /means nothing/],
	['CONFIG_A=y # since: six', /means nothing/],
	['# CONFIG_A is not st', /neither a request nor a comment/],
] as const) {
	test(`"${line}" is refused with its place`, (t) => {
		const error = t.throws(() => parseFragment(`\n${line}\n`, 'kconfig/x.config', v612), { instanceOf: UserError, message: pattern });
		t.is(error?.at && formatPosition(error.at), 'kconfig/x.config:2');
		t.truthy(error?.hint);
	});
}

test('a commented-out request is a comment', (t) => {
	t.deepEqual(parseFragment('#CONFIG_A=y\n', 'f', v612), []);
});

test('a debug fragment overrules the base', (t) => {
	const merged = mergeFragments([layer('base', 'base', 'CONFIG_A=y\nCONFIG_B=y\n'), layer('debug', 'kcsan', '# CONFIG_A is not set\n')]);
	t.is(formatRequests(merged), '# CONFIG_A is not set\nCONFIG_B=y\n');
});

test('two debug fragments that contradict each other are an error that names both', (t) => {
	const error = t.throws(
		() =>
			mergeFragments([layer('debug', 'kasan.config', 'CONFIG_KASAN=y\n'), layer('debug', 'kcsan.config', '# CONFIG_KASAN is not set\n')]),
		{ instanceOf: UserError },
	);
	t.is(error?.message, 'CONFIG_KASAN is to be n here and y in kasan.config:1');
	t.is(error?.at?.file, 'kcsan.config');
});

test('a suite cannot overrule the base, and asking for the same twice is fine', (t) => {
	t.throws(() => mergeFragments([layer('base', 'base', 'CONFIG_A=y\n'), layer('suite', 's', 'CONFIG_A=m\n')]), { instanceOf: UserError });
	t.is(mergeFragments([layer('base', 'base', 'CONFIG_A=y\n'), layer('suite', 's', 'CONFIG_A=y\n')]).length, 1);
});
