import test from 'ava';
import { checkout } from '../config/paths.ts';
import { UserError } from '../util/errors.ts';
import { configName, parseConfigName, readRequests } from './config-fragments.ts';

const version = { major: 6, minor: 12, text: '6.12.0' };
const read = (names: readonly string[], extra: readonly string[] = [], kernel = version) =>
	readRequests(
		checkout.kconfig,
		names,
		extra.map((text, index) => ({ text, at: { file: 'suites/x/suite.yaml', line: index + 1 } })),
		kernel,
	);

test('a configuration has one name, whatever order its parts were named in', (t) => {
	t.is(configName(['lockdep', 'kasan', 'lockdep']), 'kasan+lockdep');
	t.is(configName([]), 'plain');
	t.deepEqual(parseConfigName('kasan+lockdep'), ['kasan', 'lockdep']);
	t.deepEqual(parseConfigName('plain'), []);
});

test('our own fragments can be read and merged for old and new kernels, each alone and the usual sets together', async (t) => {
	for (const kernel of [version, { major: 6, minor: 1, text: '6.1.0' }])
		for (const names of [[], ['kasan'], ['kasan', 'lockdep'], ['kasan', 'kmemleak'], ['kasan', 'faults'], ['kcsan']])
			t.true((await read(names, [], kernel)).length > 100);
});

test('the subsystems under test are asked for as modules', async (t) => {
	const requests = new Map((await read(['kasan'])).map(({ symbol, value }) => [symbol, value]));
	for (const symbol of ['NETFS_SUPPORT', 'CACHEFILES', 'EROFS_FS', 'NFS_FS', 'NFS_V4', 'NFSD', '9P_FS', 'CIFS', 'FUSE_FS', 'OVERLAY_FS'])
		t.is(requests.get(symbol), 'm', symbol);
});

test('KASAN and KCSAN together are refused, naming both fragments', async (t) => {
	const error = await t.throwsAsync(() => read(['kasan', 'kcsan']), {
		instanceOf: UserError,
		message: /CONFIG_KASAN is to be n here and y in kconfig\/debug\/kasan\.config:\d+/,
	});
	t.is(error?.at?.file, 'kconfig/debug/kcsan.config');
});

test('the order in which suites ask makes no difference', async (t) => {
	const symbols = async (extra: readonly string[]) => (await read([], extra)).map(({ symbol }) => symbol);
	t.deepEqual(await symbols(['CONFIG_BTRFS_FS=y', 'CONFIG_AFS_FS=m']), await symbols(['CONFIG_AFS_FS=m', 'CONFIG_BTRFS_FS=y']));
});

test('an unknown configuration comes with near names', async (t) => {
	const error = await t.throwsAsync(() => read(['kasn']), { instanceOf: UserError });
	t.regex(error?.hint ?? '', /did you mean kasan/);
});

test('a mistake in what a suite asks for is at its place in the suite', async (t) => {
	const error = await t.throwsAsync(() => read([], ['CONFIG_BTRFS_FS=y', 'BTRFS_FS=y']), { instanceOf: UserError });
	t.deepEqual(error?.at, { file: 'suites/x/suite.yaml', line: 2 });
});
