import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { UserError } from '../util/errors.ts';
import { parseUris, preparePackages } from './packages.ts';

test("apt's answer is read with epochs, and its notices are passed over", (t) => {
	const output = [
		"'http://deb.debian.org/debian/pool/main/a/attr/attr_2.5.1-4_amd64.deb' attr_1%3a2.5.1-4_amd64.deb 41172 SHA256:aa",
		'N: something it noticed',
		"'http://deb.debian.org/debian/pool/main/l/lz4/liblz4-1_1.9.4-1_amd64.deb' liblz4-1_1.9.4-1_amd64.deb 57560 SHA256:bb",
	].join('\n');
	t.deepEqual(parseUris(output), {
		attr: { version: '1:2.5.1-4', file: 'attr_1%3a2.5.1-4_amd64.deb' },
		'liblz4-1': { version: '1.9.4-1', file: 'liblz4-1_1.9.4-1_amd64.deb' },
	});
});

test('a package that apt does not know is an error that names it and says what to type', async (t) => {
	const cacheDir = await mkdtemp(join(tmpdir(), 'crucible-packages-'));
	t.teardown(() => rm(cacheDir, { recursive: true }));
	const error = await t.throwsAsync(preparePackages(['no-such-package-of-crucible'], { cacheDir }), {
		instanceOf: UserError,
		message: /no-such-package-of-crucible/,
	});
	t.regex(error?.hint ?? '', /^apt-get update/);
});
