import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exec } from '../util/exec.ts';
import { baseHash, identityId, readIdentity } from './identity.ts';

/** A program linked as vmlinux and modules are: stripped of debug information after the linker has made its build id over all of it. */
async function link(dir: string, name: string, text: string): Promise<string> {
	await writeFile(join(dir, `${name}.c`), text);
	const out = join(dir, name);
	await exec('gcc', ['-g', '-O1', '-nostdlib', '-static', '-Wl,--build-id=sha1', '-o', `${out}.debug`, `${name}.c`], { cwd: dir });
	await exec('objcopy', ['--strip-debug', `${out}.debug`, out]);
	return out;
}

const code = 'int f(int a) { return a + 1; }\nvoid _start(void) { for (;;) f(1); }\n';

test('a line more changes the build id and not the hash; other code changes both', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-identity-'));
	t.teardown(() => rm(dir, { recursive: true }));
	// One name, because a file's symbol is in the stripped file.
	const plain = await readIdentity(await link(dir, 'x', code));
	const moved = await readIdentity(await link(dir, 'x', `/* a comment */\n${code}`));
	const other = await readIdentity(await link(dir, 'x', code.replace('+ 1', '+ 2')));
	t.is(plain.buildId.length, 40);
	t.not(moved.buildId, plain.buildId);
	t.is(moved.hash, plain.hash);
	t.not(other.hash, plain.hash);
	t.deepEqual(await readIdentity(await link(dir, 'x', code)), plain);
});

test('every build id in a file is left out, a cut one too', async (t) => {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-identity-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const head = Buffer.from('040000001400000003000000474e5500', 'hex');
	const file = (a: number, b: number, c: number) =>
		Buffer.concat([Buffer.from('x'), head, Buffer.alloc(20, a), Buffer.from('code'), head, Buffer.alloc(20, b), head, Buffer.alloc(5, c)]);
	const identities = [];
	for (const [a, b, c] of [
		[1, 2, 3],
		[4, 5, 6],
	] as const) {
		await writeFile(join(dir, 'f'), file(a, b, c));
		identities.push(await readIdentity(join(dir, 'f')));
		t.deepEqual(await readFile(join(dir, 'f')), file(a, b, c), 'the file itself stays');
	}
	t.is(identities[0]?.hash, identities[1]?.hash);
	t.deepEqual(
		identities.map(({ buildId }) => buildId.split(' ').length),
		[3, 3],
	);
});

test('an id covers build ids, the base of a template does not', (t) => {
	const hashes = { vmlinux: 'v', config: 'c', modules: { b: '2', a: '1' } };
	const id = identityId({ hashes }, { vmlinux: 'x', modules: {} });
	t.regex(id, /^[\da-f]{16}$/);
	t.is(identityId({ hashes: { ...hashes, modules: { a: '1', b: '2' } } }, { vmlinux: 'x', modules: {} }), id, 'in whatever order');
	t.not(identityId({ hashes }, { vmlinux: 'y', modules: {} }), id);
	t.not(identityId({ hashes }, { vmlinux: 'x', modules: { a: 'z' } }), id);
	t.is(baseHash({ hashes: { ...hashes, modules: {} } }), baseHash({ hashes }));
	t.not(baseHash({ hashes: { ...hashes, config: 'd' } }), baseHash({ hashes }));
});
