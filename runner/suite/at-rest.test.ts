import test from 'ava';
import { DeadlineError } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import type { GuestResult } from '../vm/agent.ts';
import type { Machine } from '../vm/machine.ts';
import { rememberRest } from './at-rest.ts';

const ask = { env: {}, timeoutMs: 30_000, signal: new AbortController().signal };
const machine = (result: Partial<GuestResult>) => ({ exec: async () => ({ stdout: '', stderr: '', ...result }) }) as unknown as Machine;

test('a kernel that hangs before the case, as in its statistics, is a hang like any other', async (t) => {
	const asking = rememberRest(machine({ exitCode: -1, signal: 15, timedOut: true }), ask);
	await t.throwsAsync(asking, { instanceOf: DeadlineError, message: /^waited 30\.0 s for at-rest\.sh begin/ });
});

test('a kernel that oopses before the case does not end the run', async (t) => {
	const asking = rememberRest(machine({ exitCode: 139, stderr: 'Segmentation fault\n', timedOut: false }), ask);
	await t.throwsAsync(asking, { instanceOf: InfraError, message: 'at-rest.sh begin exited with 139: Segmentation fault' });
});
