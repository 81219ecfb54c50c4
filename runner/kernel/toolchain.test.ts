import test from 'ava';
import { UserError } from '../util/errors.ts';
import { readToolchain } from './toolchain.ts';

test('the same environment gives the same key, another compiler flag another', async (t) => {
	const plain = await readToolchain({});
	t.is((await readToolchain({})).key, plain.key);
	t.not((await readToolchain({ KCFLAGS: '-O1' })).key, plain.key);
	t.true(plain.variables.includes('ARCH=x86_64'));
	t.true(plain.variables.some((variable) => /^CC=(?:ccache )?gcc$/.test(variable)));
	t.truthy(plain.compiler);
});

test('what makes a build unlike its record is taken out of the environment', async (t) => {
	const { env } = await readToolchain({ KBUILD_OUTPUT: '/elsewhere', LOCALVERSION: '-mine', KCONFIG_CONFIG: 'x', GIT_DIR: '/r' });
	for (const name of ['KBUILD_OUTPUT', 'LOCALVERSION', 'KCONFIG_CONFIG', 'GIT_DIR']) {
		t.true(name in env);
		t.is(env[name], undefined);
	}
});

test('MAKEFLAGS stay, unless they name the job server of a make that is above us', async (t) => {
	t.is((await readToolchain({ MAKEFLAGS: '-j7' })).env.MAKEFLAGS, '-j7');
	t.is((await readToolchain({ MAKEFLAGS: ' -j --jobserver-auth=3,4' })).env.MAKEFLAGS, undefined);
});

for (const [what, env, pattern] of [
	['another architecture', { ARCH: 'arm64' }, /only x86_64/],
	['a compiler that is not there', { CC: 'no-such-compiler' }, /"no-such-compiler" does not run/],
] as const) {
	test(`${what} is refused with a hint`, async (t) => {
		const error = await t.throwsAsync(() => readToolchain(env), { instanceOf: UserError, message: pattern });
		t.truthy(error?.hint);
	});
}
