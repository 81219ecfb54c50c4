import { join } from 'node:path';
import test from 'ava';
import type { BuiltKernel } from '../kernel/build.ts';
import type { Event } from '../model/event.ts';
import type { Case } from '../suite/load.ts';
import { KernelError } from '../util/errors.ts';
import { createEmitter } from './emitter.ts';
import { failJob, type JobContext, openJob } from './open-job.ts';
import type { Job } from './plan.ts';

test('a suite that cannot be prepared fails its job, says where, and takes its cases without running them', async (t) => {
	const told: Event[] = [];
	const entry = { name: 'a' } as Case;
	const suite = { name: 's', dir: '/nowhere', image: 'base', needs: { programs: [], kernelModules: ['gone.c'] } };
	const context = {
		emitter: createEmitter([(event) => told.push(event)]),
		images: new Map([['base', {}]]),
		contents: new Map(),
		drain: new AbortController().signal,
	} as unknown as JobContext;
	await using job = await openJob(context, {} as BuiltKernel, { id: 's.k', suite } as unknown as Job, [entry]);
	await job.run(entry);
	const failed = told.filter(({ type }) => type === 'job-failed');
	t.like(failed, [{ job: 's.k', status: 'MISS', problem: { message: `${join('/nowhere', 'gone.c')}: cannot read: ENOENT` } }]);
	t.false(told.some(({ type }) => type === 'case-started'));
});

test('a job that fails keeps where its kernel failed: in its build or in its boot', (t) => {
	const events: Event[] = [];
	const emitter = createEmitter([(event) => events.push(event)]);
	failJob(emitter, { id: 'nfs.k' } as Job, new KernelError('boot', 'the kernel does not come up\nfor 40 s', ['panic']));
	t.like(events[0], {
		type: 'job-failed',
		problem: { stage: 'boot', message: 'the kernel does not come up', log: ['panic'] },
	});
});
