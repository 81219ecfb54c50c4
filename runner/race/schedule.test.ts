import test from 'ava';
import { parseYaml } from '../config/yaml.ts';
import { formatPosition, UserError } from '../util/errors.ts';
import { scheduleSchema, watchdogSeconds } from './schedule.ts';

const actors = 'actors: { mounter: { cpu: 1, task: mount }, worker: { task: kworker/* } }\n';

function refusal(yaml: string): string {
	try {
		parseYaml(scheduleSchema, actors + yaml, 'race.yaml');
	} catch (error) {
		if (error instanceof UserError && error.at) return `${formatPosition(error.at)}: ${error.message}`;
		throw error;
	}
	return 'none';
}

test('a schedule is read with its defaults', (t) => {
	const schedule = parseYaml(
		scheduleSchema,
		`${actors}play:\n  - { when: mounter reaches a, hold: mounter, until: [after 2 s, mark go] }\n`,
		'x',
	);
	t.is(schedule.deadline, 8);
	t.like(schedule.play[0]?.when, { text: 'mounter reaches a', point: { kind: 'reach', actor: 'mounter' } });
});

const broken = [
	['play:\n  - { when: mounter enters a }\n', /^race\.yaml:3:\d+: play\.0\.when: not a point: "mounter enters a"/],
	['play:\n  - { when: reader reaches a }\n', /^race\.yaml:3:\d+: play\.0\.when: there is no actor "reader"; actors: mounter, worker$/],
	['play:\n  - { when: mounter reaches a, hold: worker }\n', /"worker" has no `cpu`: it can be held only where itself reaches/],
	['play:\n  - { when: mounter reaches a, until: after 1 s }\n', /`until` without `hold`/],
	['play:\n  - { when: mounter reaches a, after: after 1 s }\n', /`after` is a moment, not a time/],
	['play: []\n', /play/],
	['play:\n  - { when: mounter reaches a, hold: mounter, forever: yes }\n', /unknown key "forever"/],
] as const;

for (const [yaml, message] of broken)
	test(`refused: ${yaml.trim().split('\n').at(-1)}`, (t) => {
		t.regex(refusal(yaml), message);
	});

test('CPU 0 and nameless actors are refused', (t) => {
	const read = (text: string) => () => parseYaml(scheduleSchema, `actors: ${text}\nplay: [{ when: mark a }]\n`, 'x');
	t.throws(read('{ a: { cpu: 0 } }'), { message: /CPU 0 stays free/ });
	t.throws(read('{ a: {} }'), { message: /an actor has a `cpu`, a `task`, or both/ });
	t.throws(read('{ anyone: { cpu: 1 } }'), { message: /"anyone" is whoever comes/ });
});

test('the guest’s watchdogs are read off its command line', (t) => {
	t.is(watchdogSeconds([]), 20);
	t.is(watchdogSeconds(['watchdog_thresh=60']), 21);
	t.is(watchdogSeconds(['watchdog_thresh=60', 'rcupdate.rcu_cpu_stall_timeout=90']), 90);
});
