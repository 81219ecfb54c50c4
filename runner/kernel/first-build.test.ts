import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { tellFirstBuild } from './first-build.ts';
import { endChange } from './folder-state.ts';

const [gcc, requests] = ['gcc 12', 'CONFIG_A=y\nCONFIG_B=m\n'];

async function setUp(t: { teardown(work: () => Promise<void>): void }) {
	const home = await mkdtemp(join(tmpdir(), 'crucible-first-'));
	t.teardown(() => rm(home, { recursive: true }));
	const build = async (name: string, compiler: string, text: string) => {
		await mkdir(join(home, name));
		await writeFile(join(home, name, '.crucible-allconfig'), text);
		await endChange(join(home, name), { artefact: 'a', tools: 'ld', compiler, products: {}, listing: '' });
	};
	const tell = (more = {}) =>
		tellFirstBuild({ output: join(home, 'kasan-01234567'), configName: 'kasan', compiler: gcc, requests, ...more });
	return { home, build, tell };
}

test('a first build is said to be one, whatever else was built of the source', async (t) => {
	const { home, build, tell } = await setUp(t);
	await build('plain-76543210', gcc, requests);
	await build('kasan-lockdep-76543210', gcc, requests);
	await mkdir(join(home, 'kasan-89abcdef'));
	t.is(await tell(), 'built whole: the first kasan kernel of this source here');
});

test('another build of the same source says what differs, the nearest one', async (t) => {
	const { build, tell } = await setUp(t);
	await build('kasan-00000001', gcc, 'CONFIG_A=y\nCONFIG_X=y\nCONFIG_Y=y\n');
	await build('kasan-00000002', gcc, 'CONFIG_A=y\n# CONFIG_C is not set\n');
	t.is(await tell(), 'built whole: asked for is CONFIG_B=m; no longer # CONFIG_C is not set');
});

test('another compiler is told', async (t) => {
	const { build, tell } = await setUp(t);
	await build('kasan-00000001', 'gcc 11', requests);
	t.is(await tell(), 'built whole: the compiler is gcc 12, and was gcc 11');
});
