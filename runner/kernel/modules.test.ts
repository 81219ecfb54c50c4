import test from 'ava';
import { UnmetError } from '../util/errors.ts';
import { loadOrder } from './modules.ts';

const modules = [
	{ name: 'nfs', depends: ['lockd', 'sunrpc', 'netfs'] },
	{ name: 'nfsv4', depends: ['nfs', 'sunrpc', 'netfs'] },
	{ name: 'lockd', depends: ['grace', 'sunrpc'] },
	{ name: 'sunrpc', depends: [] },
	{ name: 'grace', depends: [] },
	{ name: 'netfs', depends: [] },
	{ name: 'dns_resolver', depends: [] },
];
const names = (wanted: readonly string[], builtins: readonly string[] = []) =>
	loadOrder(modules, wanted, builtins).load.map(({ name }) => name);

test('dependencies come before what needs them, each once', (t) => {
	t.deepEqual(names(['nfsv4', 'nfs']), ['grace', 'sunrpc', 'lockd', 'netfs', 'nfs', 'nfsv4']);
});

test('a hyphen and an underscore are the same', (t) => {
	t.deepEqual(names(['dns-resolver']), ['dns_resolver']);
});

test('an optional module may be absent, and is loaded when it is not', (t) => {
	t.deepEqual(loadOrder(modules, ['?fscache', '?grace']), { load: [{ name: 'grace', depends: [] }], absent: ['fscache'] });
});

test('a built-in one needs no loading', (t) => {
	t.deepEqual(names(['ext4'], ['ext4']), []);
});

test('an unknown one comes with near names', (t) => {
	const error = t.throws(() => names(['nfsv3']), { instanceOf: UnmetError, message: 'this kernel has no module "nfsv3"' });
	t.regex(error?.hint ?? '', /did you mean nfsv4/);
});

test('a circle is our bug and is named', (t) => {
	t.throws(
		() =>
			loadOrder(
				[
					{ name: 'a', depends: ['b'] },
					{ name: 'b', depends: ['a'] },
				],
				['a'],
			),
		{ message: /a -> b -> a/ },
	);
});
