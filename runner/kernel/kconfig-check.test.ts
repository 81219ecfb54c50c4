import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { explain, findDropped, parseDotConfig } from './kconfig-check.ts';
import { parseKconfig } from './kconfig-language.ts';

const folder = join(checkout.top, 'runner/kernel/testdata/kconfig');
const tree = parseKconfig((file) => readFileSync(join(folder, file), 'utf8'), { SRCARCH: 'x86' });

function complaint(symbol: string, value: string, dotConfig: string): string | undefined {
	const config = parseDotConfig(dotConfig);
	const [dropped] = findDropped([{ symbol, value, at: { file: 'kconfig/netfs.config', line: 9 } }], config);
	return dropped && explain(dropped, tree, config);
}

test('the whole tree is read: sources, menus, ifs, and no config out of help text', (t) => {
	t.deepEqual([...tree.definitions.keys()].sort(), [
		'BLOCK',
		'BOTH_MODES',
		'CACHE',
		'CACHE_INJECT',
		'CACHE_ONDEMAND',
		'CC_IS_GCC',
		'DEBUG',
		'MODE_A',
		'MODE_B',
		'MODULES',
		'NETFS',
		'NFS',
		'NFS_CACHE',
	]);
	t.deepEqual(
		tree.definitions.get('CACHE')?.map(({ file, line, type }) => ({ file, line, type })),
		[{ file: 'fs/Kconfig', line: 7, type: 'tristate' }],
	);
});

test('a request that came out is no complaint', (t) => {
	t.is(complaint('BLOCK', 'y', 'CONFIG_BLOCK=y\n'), undefined);
	t.is(complaint('BLOCK', 'n', '# CONFIG_BLOCK is not set\n'), undefined);
});

test('a dropped symbol names the condition around it that is false', (t) => {
	t.is(complaint('CACHE_ONDEMAND', 'y', 'CONFIG_BLOCK=y\n'), 'CACHE_ONDEMAND (kconfig/netfs.config:9) was dropped: needs CACHE [=n]');
	t.is(complaint('NFS', 'm', ''), 'NFS (kconfig/netfs.config:9) was dropped: needs BLOCK [=n]');
});

test('a needed symbol without a prompt comes with those that select it', (t) => {
	t.is(
		complaint('CACHE', 'm', 'CONFIG_BLOCK=y\n'),
		'CACHE (kconfig/netfs.config:9) was dropped: needs NETFS [=n] (no prompt: only selected by NFS)',
	);
});

test('a symbol limited to m by what it depends on says so', (t) => {
	t.is(
		complaint('CACHE', 'y', 'CONFIG_BLOCK=y\nCONFIG_NETFS=m\nCONFIG_CACHE=m\n'),
		'CACHE (kconfig/netfs.config:9) is m, not y: needs NETFS [=m] (no prompt: only selected by NFS)',
	);
});

test('a bool may depend on a module', (t) => {
	t.regex(
		complaint('CACHE_INJECT', 'y', 'CONFIG_BLOCK=y\nCONFIG_CACHE=m\nCONFIG_DEBUG=y\n') ?? '',
		/the toolchain may lack \$\(cc-option,-finject\)$/,
	);
});

test('a comparison and a negation are shown with the values that break them', (t) => {
	t.is(
		complaint('NFS_CACHE', 'y', 'CONFIG_BLOCK=y\nCONFIG_MODE_A=y\n'),
		'NFS_CACHE (kconfig/netfs.config:9) was dropped: needs (NFS [=n]=m || NFS [=n]=y) and !MODE_A [=y]',
	);
});

test('a prompt with a condition of its own counts as a dependency', (t) => {
	t.regex(complaint('CACHE_INJECT', 'y', 'CONFIG_BLOCK=y\nCONFIG_CACHE=y\n') ?? '', /needs DEBUG \[=n\]$/);
});

test('m asked of a bool is called that', (t) => {
	t.regex(complaint('BLOCK', 'm', 'CONFIG_BLOCK=y\n') ?? '', /is y, not m: it is a bool in this kernel/);
});

test('an option that lost its choice says so', (t) => {
	t.is(
		complaint('MODE_B', 'y', 'CONFIG_MODE_A=y\n'),
		'MODE_B (kconfig/netfs.config:9) was dropped: its choice fell on another option, Kconfig:22',
	);
});

test('an unknown symbol comes with near names', (t) => {
	t.is(
		complaint('CACHE_ONDEMND', 'y', ''),
		'CACHE_ONDEMND (kconfig/netfs.config:9): this kernel has no such symbol; did you mean CACHE_ONDEMAND?',
	);
});

test('a symbol nobody can ask for says who selects it', (t) => {
	t.is(complaint('BOTH_MODES', 'y', ''), 'BOTH_MODES (kconfig/netfs.config:9) was dropped: it has no prompt, only selected by CACHE');
});

test('a symbol that came on against the request names its selector', (t) => {
	t.is(
		complaint('NETFS', 'n', 'CONFIG_NETFS=m\nCONFIG_NFS=m\nCONFIG_NFS_CACHE=y\n'),
		'NETFS (kconfig/netfs.config:9) is m, not n: selected by NFS [=m]',
	);
});

test('numbers compare by value', (t) => {
	t.is(complaint('BITS', '17', 'CONFIG_BITS=17\n'), undefined);
	t.is(complaint('BITS', '16', 'CONFIG_BITS=0x10\n'), undefined);
});
