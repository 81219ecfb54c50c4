import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { loadSuites } from '../suite/load.ts';
import { UserError } from '../util/errors.ts';
import { readNightlyConfig } from './nightly-config.ts';

async function read(t: { teardown(work: () => Promise<void>): void }, text: string) {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-nightly-'));
	t.teardown(() => rm(dir, { recursive: true }));
	const file = join(dir, 'nightly.yaml');
	await writeFile(file, text);
	return readNightlyConfig(file, checkout.kconfig, await loadSuites(checkout.suites));
}

test('a nightly may be of the cases with a tag, over all suites', async (t) => {
	const config = await read(t, 'kernels: [debian:6.12]\ntags: [seed]\n');
	t.deepEqual(config.tags, ['seed']);
	t.deepEqual(config.suites, []);
});

test('a suite, a tag or a configuration that there is not is refused with its place', async (t) => {
	for (const [line, what] of [
		['suites: [erofs-ondemnd]', /no suite or case matches "erofs-ondemnd"/],
		['tags: [sed]', /no suite has the tag "sed"/],
		['configs: [kassan]', /no kernel configuration "kassan"/],
	] as const) {
		const error = await t.throwsAsync(read(t, `kernels: [debian:6.12]\n${line}\n`), { instanceOf: UserError, message: what });
		t.is(error?.at?.line, 2);
	}
});
