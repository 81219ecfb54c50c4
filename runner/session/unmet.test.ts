import test from 'ava';
import { InfraError, KernelError, UnmetError, UserError } from '../util/errors.ts';
import { madeOf, whySkipped } from './unmet.ts';

const unmet = new UnmetError('kconfig: FSCACHE is y, not m\nNETFS is y, not m', { hint: 'ask for what is missing' });
const commit = { repository: '/linux', id: 'a'.repeat(40) };
const failing = (error: unknown) => () => Promise.reject(error);

test('a commit of a repository that lacks what is asked of it cannot be tested; any other kernel is for the user to mend', async (t) => {
	const error = await t.throwsAsync(madeOf({ commit }, failing(unmet)), {
		instanceOf: KernelError,
		message: 'kconfig: FSCACHE is y, not m',
	});
	t.deepEqual(error?.log, ['kconfig: FSCACHE is y, not m', 'NETFS is y, not m', 'hint: ask for what is missing']);
	t.is(await t.throwsAsync(madeOf({}, failing(unmet))), unmet);
	const mistyped = new UserError('there is no kernel configuration "kasam"');
	t.is(await t.throwsAsync(madeOf({ commit }, failing(mistyped))), mistyped);
});

test('between its ends a bisection skips what does not build or lacks what is asked of it, and nothing else', (t) => {
	t.is(whySkipped(unmet, false), 'kconfig: FSCACHE is y, not m');
	t.is(
		t.throws(() => whySkipped(unmet, true)),
		unmet,
	);
	for (const isEnd of [true, false]) {
		t.is(whySkipped(new KernelError('build', 'fs/x.c:1: error', []), isEnd), 'fs/x.c:1: error');
		t.throws(() => whySkipped(new InfraError('the disk is full'), isEnd), { instanceOf: InfraError });
		t.throws(() => whySkipped(new UserError('no compiler'), isEnd), { instanceOf: UserError });
	}
});
