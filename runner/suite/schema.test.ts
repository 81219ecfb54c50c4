import test from 'ava';
import { parseYaml } from '../config/yaml.ts';
import { UserError } from '../util/errors.ts';
import { suiteSchema } from './schema.ts';

const suiteOf = (fault: string, how = 'run: [a.sh]') => `summary: s
needs: { disks: { cache: { size: 64M } }, shares: { export: 9p } }
cases:
  one:
    summary: s
    ${how}
    evidence: [a > 0]
    faults:
      broken: ${fault}
`;

test('a fault names a disk or a share that the suite has, and QEMU makes some for scenarios only', (t) => {
	const problemOf = (fault: string, how?: string) => {
		const { message, at } = t.throws(() => parseYaml(suiteSchema, suiteOf(fault, how), 'suite.yaml'), { instanceOf: UserError });
		return `${at?.line}:${at?.column} ${message}`;
	};
	t.is(problemOf('{ kind: disk-frozen, disk: other }'), '9:36 cases.one.faults.broken.disk: the suite has no disk "other"');
	t.is(
		problemOf('{ kind: share-unplugged, share: other }', 'scenario: a.ts'),
		'9:40 cases.one.faults.broken.share: the suite has no 9p share "other"',
	);
	t.is(
		problemOf('{ kind: share-unplugged, share: export }'),
		'9:17 cases.one.faults.broken.kind: share-unplugged is made by QEMU: only a scenario can arm it',
	);
	t.notThrows(() => parseYaml(suiteSchema, suiteOf('{ kind: share-unplugged, share: export }', 'scenario: a.ts'), 'suite.yaml'));
});

test('a race is not played where time leaps', (t) => {
	const suite = (clock: string) => `summary: s
cases:
  one:
    summary: s
    run: [a.sh]
    clock: ${clock}
    evidence: [a > 0]
    race: { actors: { a: { cpu: 1 } }, play: [{ when: a reaches f, hold: a, until: after 5ms }] }
`;
	const { message } = t.throws(() => parseYaml(suiteSchema, suite('warp'), 'suite.yaml'), { instanceOf: UserError });
	t.is(message, 'cases.one.race: a guest whose clock leaps has one CPU, and a race needs two');
	t.notThrows(() => parseYaml(suiteSchema, suite('real'), 'suite.yaml'));
});
