import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { Frame, Splat } from '../model/run.ts';
import { exec } from '../util/exec.ts';
import { sourcePath } from './addr2line.ts';
import { readSymbolTable, type SymbolTable } from './symbol-table.ts';
import { symbolizeSplats } from './symbolize.ts';

// Line numbers matter here.
const source = `int sink;
static inline __attribute__((always_inline)) void store(int value)
{
	sink = 10 / value;
}
__attribute__((noinline)) void leaf(int value)
{
	store(value);
}
__attribute__((noinline)) int caller(int value)
{
	leaf(value);
	return value + sink;
}
__attribute__((section(".init.text"), noinline)) int set_up(int value)
{
	leaf(value);
	return sink;
}
`;
const other = `extern int sink;
static __attribute__((noinline)) int twin(int value)
{
	return sink * value;
}
int use_one(int value) { return twin(value) + 1; }
`;
const another = `extern int sink;
static __attribute__((noinline)) int twin(int value)
{
	for (int i = 0; i < value; i++)
		sink ^= i * value + sink % (i + 7);
	return sink;
}
int use_two(int value) { return twin(value) + 2; }
int start_kernel(void);
`;

async function compile(): Promise<{ folder: string; image: string; module: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'crucible-symbolize-'));
	await exec('mkdir', ['-p', join(folder, 'fs/x'), join(folder, 'init')]);
	await writeFile(join(folder, 'fs/x/a.c'), source);
	await writeFile(join(folder, 'fs/x/b.c'), other);
	await writeFile(join(folder, 'fs/x/c.c'), another);
	await writeFile(join(folder, 'init/main.c'), 'int start_kernel(void) { return 0; }\n');
	const cc = (args: string[]) =>
		exec('gcc', ['-g', '-O2', '-fno-pie', '-fno-optimize-sibling-calls', '-fno-ipa-ra', ...args], { cwd: folder });
	const files = ['fs/x/a.c', 'fs/x/b.c', 'fs/x/c.c', 'init/main.c'].map((file) => join(folder, file));
	const image = join(folder, 'vmlinux');
	await cc([
		'-no-pie',
		'-nostdlib',
		'-Wl,-e,start_kernel',
		'-Wl,-Ttext=0xffffffff81000000',
		'-mcmodel=kernel',
		'-static',
		'-o',
		image,
		...files,
	]);
	const module = join(folder, 'x.ko');
	await cc(['-c', '-mcmodel=kernel', '-o', module, join(folder, 'fs/x/a.c')]);
	return { folder, image, module };
}

const splatOf = (...frames: Frame[]): Splat => ({
	kind: 'WARNING',
	title: 'WARNING in leaf',
	fingerprint: '0123456789ab',
	isFailure: true,
	stacks: [{ role: 'call trace', frames }],
	text: '',
});
const table = async (object: string): Promise<SymbolTable> => readSymbolTable((await exec('readelf', ['-SsW', object])).stdout);
const sizeOf = (symbols: SymbolTable, name: string, nth = 0) => {
	const symbol = symbols.get(name)?.[nth];
	if (!symbol) throw new Error(`no ${name}`);
	return symbol.next === undefined ? symbol.size : Number(symbol.next - symbol.address);
};
/** The offset behind the call of `leaf` in a function: what a stack trace has. */
const returnOffset = async (object: string, name: string) => {
	const { stdout } = await exec('objdump', ['-dr', '--no-show-raw-insn', object]);
	const lines = stdout.split('\n');
	const begin = lines.findIndex((line) => line.endsWith(`<${name}>:`));
	const call = lines.findIndex((line, index) => index > begin && /\bcall\b/.test(line));
	const after = lines.slice(call + 1).find((line) => /^\s*[0-9a-f]+:\t\w/.test(line) && !line.includes('R_X86'));
	const address = (text: string | undefined) => BigInt(`0x${/^\s*0*([0-9a-f]+)/.exec(text ?? '')?.[1]}`);
	return Number(address(after) - address(lines[begin]));
};
const shown = (splats: readonly Splat[]) =>
	splats.flatMap((splat) =>
		splat.stacks.flatMap((stack) => stack.frames.map((f) => `${f.function} ${f.file}:${f.line}${f.inlined ? ' [inline]' : ''}`)),
	);

test.serial('frames of vmlinux get lines, inlined functions and paths below the source tree', async (t) => {
	const { folder, image } = await compile();
	t.teardown(() => rm(folder, { recursive: true }));
	const symbols = await table(image);
	const result = await symbolizeSplats(
		[
			splatOf(
				{ function: 'leaf', offset: 0, size: sizeOf(symbols, 'leaf'), exact: true },
				{ function: 'caller', offset: await returnOffset(image, 'caller'), size: sizeOf(symbols, 'caller') },
				{ function: 'nowhere', offset: 1, size: 2 },
				{ function: 'caller', offset: 1, size: 0x9999 },
				{ function: 'gone', offset: 1, size: 2, module: 'nfs' },
			),
		],
		{ vmlinux: image, modules: new Map() },
	);
	const lines = shown(result);
	t.regex(lines[0] ?? '', /^(?:store fs\/x\/a\.c:[2-4] \[inline\]|leaf fs\/x\/a\.c:7)$/);
	t.true(lines.includes('caller fs/x/a.c:12'), lines.join('\n'));
	t.true(lines.includes('nowhere undefined:undefined'));
	t.true(lines.includes('gone undefined:undefined'));
	t.is(lines.filter((line) => line.startsWith('caller undefined')).length, 1, 'a size that differs is another build');
});

test.serial('static functions of one name are told apart by size', async (t) => {
	const { folder, image } = await compile();
	t.teardown(() => rm(folder, { recursive: true }));
	const symbols = await table(image);
	const twins = symbols.get('twin') ?? [];
	t.is(twins.length, 2);
	const result = await symbolizeSplats(
		twins.map((_, nth) => splatOf({ function: 'twin', offset: 0, size: sizeOf(symbols, 'twin', nth), exact: true })),
		{ vmlinux: image, modules: new Map() },
	);
	t.deepEqual(
		shown(result)
			.map((line) => line.replace(/:\d+.*/, ''))
			.sort(),
		['twin fs/x/b.c', 'twin fs/x/c.c'],
	);
});

test.serial('frames of a module are looked up in the section of their function', async (t) => {
	const { folder, module } = await compile();
	t.teardown(() => rm(folder, { recursive: true }));
	const symbols = await table(module);
	const frame = async (name: string): Promise<Frame> => ({
		function: name,
		offset: await returnOffset(module, name),
		size: sizeOf(symbols, name),
		module: 'some_x',
	});
	const result = await symbolizeSplats([splatOf(await frame('set_up'), await frame('caller'))], {
		modules: new Map([['some-x', module]]),
		sourceTree: folder,
	});
	t.deepEqual(shown(result), ['set_up fs/x/a.c:17', 'caller fs/x/a.c:12']);
});

test('paths are normalised and cut at the tree', (t) => {
	t.is(sourcePath('/src/linux/./fs/../fs/nfs/inode.c', '/src/linux'), 'fs/nfs/inode.c');
	t.is(sourcePath('/elsewhere/x.c', '/src/linux'), 'x.c');
	t.is(sourcePath('/elsewhere/./x.c', undefined), '/elsewhere/x.c');
	t.is(sourcePath('fs/nfs/inode.c', undefined), 'fs/nfs/inode.c');
});
