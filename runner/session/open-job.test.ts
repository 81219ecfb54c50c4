import test from 'ava';
import type { Event } from '../model/event.ts';
import { KernelError } from '../util/errors.ts';
import { createEmitter } from './emitter.ts';
import { failJob } from './open-job.ts';
import type { Job } from './plan.ts';

test('a job that fails keeps where its kernel failed: in its build or in its boot', (t) => {
	const events: Event[] = [];
	const emitter = createEmitter([(event) => events.push(event)]);
	failJob(emitter, { id: 'nfs.k' } as Job, new KernelError('boot', 'the kernel does not come up\nfor 40 s', ['panic']));
	t.like(events[0], {
		type: 'job-failed',
		problem: { stage: 'boot', message: 'the kernel does not come up', log: ['panic'] },
	});
});
