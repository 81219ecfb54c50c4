import test from 'ava';
import type { Case } from '../suite/load.ts';
import { deferred } from '../util/deadline.ts';
import { jobDesk } from './job-desk.ts';
import type { Job } from './plan.ts';

const tasksOf = (id: string, ...names: string[]) => names.map((name) => ({ job: { id } as Job, entry: { name } as Case }));

function recorder(work: (id: string, entry: Case) => Promise<void> = async () => {}) {
	const log: string[] = [];
	const open = async (job: Job, entries: readonly Case[]) => {
		log.push(`open ${job.id} for ${entries.map(({ name }) => name).join(' ')}`);
		return {
			async run(entry: Case) {
				log.push(`${job.id} ${entry.name}`);
				await work(job.id, entry);
			},
			async [Symbol.asyncDispose]() {
				log.push(`close ${job.id}`);
			},
		};
	};
	return { log, open };
}

test('a job is opened by its first case and closed after its last, also when its cases are mixed with others', async (t) => {
	const [a1, a2] = tasksOf('a', '1', '2');
	const [b1] = tasksOf('b', '1');
	if (!a1 || !a2 || !b1) return t.fail();
	const { log, open } = recorder();
	await using desk = jobDesk([a1, a2, b1], open);
	await desk.run(a2);
	await desk.run(b1);
	await desk.run(a1);
	t.deepEqual(log, ['open a for 1 2', 'a 2', 'open b for 1', 'b 1', 'close b', 'a 1', 'close a']);
});

test('two cases at once share one opening', async (t) => {
	const [a1, a2] = tasksOf('a', '1', '2');
	if (!a1 || !a2) return t.fail();
	const gate = deferred<void>();
	const { log, open } = recorder((_, entry) => (entry.name === '1' ? gate.promise : Promise.resolve()));
	await using desk = jobDesk([a1, a2], open);
	const first = desk.run(a1);
	await desk.run(a2);
	t.deepEqual(log, ['open a for 1 2', 'a 1', 'a 2']);
	gate.resolve();
	await first;
	t.is(log.at(-1), 'close a');
});

test('a job whose other cases never come is closed with the desk, also after a failure', async (t) => {
	const [a1, a2] = tasksOf('a', '1', '2');
	if (!a1 || !a2) return t.fail();
	const { log, open } = recorder(() => Promise.reject(new Error('broken')));
	const desk = jobDesk([a1, a2], open);
	await t.throwsAsync(desk.run(a1), { message: 'broken' });
	t.false(log.includes('close a'));
	await desk[Symbol.asyncDispose]();
	t.is(log.at(-1), 'close a');
});
