import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { parseYaml } from '../config/yaml.ts';
import { UserError } from '../util/errors.ts';
import { claimsOf, faultKinds, faultsSchema, formatFaults } from './fault.ts';
import { machineFaults } from './machine.ts';

test('every kind that the guest makes has its four functions in suites/lib', async (t) => {
	const lib = join(checkout.suites, 'lib');
	const names = (await readdir(lib)).filter((name) => /^fault-.*\.sh$/.test(name));
	const text = (await Promise.all(names.map((name) => readFile(join(lib, name), 'utf8')))).join('\n');
	const made = machineFaults.map((schema) => schema.shape.kind.value) as readonly string[];
	const missing = faultKinds
		.filter((kind) => !made.includes(kind))
		.flatMap((kind) => ['lacks', 'arm', 'count', 'disarm'].map((part) => `${kind.replaceAll('-', '_')}_${part}`))
		.filter((name) => !new RegExp(`^${name}\\(\\) \\{`, 'm').test(text));
	t.deepEqual(missing, []);
});

test('faults are read from YAML, go to the guest as lines, and must each have fired', (t) => {
	const faults = parseYaml(
		faultsSchema,
		'stall: { kind: disk-slow, disk: cache, ms: 200 }\ntwo-times: { kind: caches-dropped, fires: 2 }',
		'faults.yaml',
	);
	t.is(formatFaults(faults), 'stall disk-slow fires=1 disk=cache ms=200\ntwo-times caches-dropped fires=2');
	t.deepEqual(claimsOf(faults), ['fault_stall_fired >= 1', 'fault_two_times_fired >= 2']);
});

const mistakes: readonly [string, string, RegExp][] = [
	['a: { kind: disk-slowly }', '1:6', /^a\.kind: "disk-slowly" is not a kind of fault; those are disk-error, /],
	['a: { kind: disk-slow, disk: cache, ms: 0 }', '1:36', /^a\.ms: /],
	['a: { kind: disk-slow, disk: cache, ms: 5, why: 1 }', '1:43', /unknown key "why"/],
	['A b: { kind: caches-dropped }', '1:1', /names of faults are lower-case/],
	['a: { kind: net-cut, device: /dev/null }', '1:21', /a network device such as veth-server/],
];
for (const [text, at, message] of mistakes)
	test(`what is wrong with a fault is said, and where: ${text}`, (t) => {
		const error = t.throws(() => parseYaml(faultsSchema, text, 'faults.yaml'), { instanceOf: UserError });
		t.regex(error.message, message);
		t.is(`${error.at?.line}:${error.at?.column}`, at);
	});
