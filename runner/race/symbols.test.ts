import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { parseSections, symbolsOf } from './symbols.ts';

const symbols = symbolsOf(
	[
		{ name: 'vfs_read', address: 0xffff_ffff_8100_0100n },
		{ name: 'put_super', address: 0xffff_ffff_8100_0200n },
		{ name: 'put_super', module: 'erofs', address: 0xffff_ffff_a000_0000n },
		{ name: 'flush_reqs.isra.0', module: 'cachefiles', address: 0xffff_ffff_a001_0000n },
		{ name: 'flush_reqs.isra.0.cold', module: 'cachefiles', address: 0xffff_ffff_a001_8000n },
		{ name: 'cachefiles_withdraw_volume', module: 'cachefiles', address: 0xffff_ffff_a001_0100n },
	],
	new Map([['init_task', 0xffff_ffff_8221_1dc0n]]),
	[],
);
const locate = (name: string, more: { module?: string; offset?: number; otherwise?: string[] } = {}) =>
	symbols.locate({ function: name, offset: 0, ...more });

test('a function is found by name, in vmlinux and in modules, with an offset', async (t) => {
	t.is(await locate('vfs_read'), 0xffff_ffff_8100_0100n);
	t.is(await locate('vfs_read', { offset: 16 }), 0xffff_ffff_8100_0110n);
	t.is(await locate('flush_reqs'), 0xffff_ffff_a001_0000n, 'as the compiler renamed it; its cold half is not its beginning');
	t.is(await locate('put_super', { module: 'erofs' }), 0xffff_ffff_a000_0000n);
	t.is(await locate('vfs_readv', { otherwise: ['vfs_read', 'flush_reqs'] }), 0xffff_ffff_8100_0100n, 'the first that is there');
});

test('a name that is not there is told with near ones', async (t) => {
	const error = await t.throwsAsync(locate('cachefiles_withdraw_volumes'), { instanceOf: UserError });
	t.is(error.message, 'there is no function cachefiles_withdraw_volumes in the kernel or its loaded modules');
	t.is(error.hint, 'did you mean cachefiles_withdraw_volume?');
});

test('a name that occurs twice is told with its modules', async (t) => {
	const error = await t.throwsAsync(locate('put_super'), { instanceOf: UserError });
	t.is(error.hint, 'write vmlinux:put_super or erofs:put_super');
});

test('an offset beyond the function is refused', async (t) => {
	await t.throwsAsync(locate('vfs_read', { offset: 0x100 }), { message: 'vfs_read+0x100 is outside of vfs_read' });
});

test('a function that only debug information knows was inlined', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	t.teardown(() => rm(dir, { recursive: true }));
	await writeFile(join(dir, 'x.ko'), 'ELF\0cachefiles_withdraw_volumes\0');
	const known = symbolsOf([{ name: 'cachefiles_withdraw_volume', address: 1n }], new Map(), [join(dir, 'x.ko')]);
	const error = await t.throwsAsync(known.locate({ function: 'cachefiles_withdraw_volumes', offset: 0 }), { instanceOf: UserError });
	t.regex(error.message, /^cachefiles_withdraw_volumes has no code of its own in the kernel or its loaded modules: the compiler put it/);
	t.regex(error.hint ?? '', /take a caller or a function that it calls; did you mean cachefiles_withdraw_volume\?/);
});

test('addresses are described', (t) => {
	t.is(symbols.describe(0xffff_ffff_a001_0112n), 'cachefiles_withdraw_volume+0x12 [cachefiles]');
	t.is(symbols.describe(0xffff_ffff_8100_0100n), 'vfs_read+0x0');
	t.is(symbols.describe(0x7f00_0000n), '0x7f000000');
});

test('sections come from the guest', (t) => {
	const sections = parseSections(
		'/sys/module/cachefiles/sections/.text:0xffffffffa00b6000\n/sys/module/netfs/sections/.init.text:0xffffffffa00b6000\n',
	);
	t.is(sections.get('cachefiles .text'), 0xffff_ffff_a00b_6000n);
	t.is(sections.size, 2);
});
