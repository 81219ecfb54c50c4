import test from 'ava';
import { z } from 'zod';
import { UserError } from '../util/errors.ts';
import { parseYaml } from './yaml.ts';

const schema = z.strictObject({ summary: z.string(), cases: z.record(z.string(), z.strictObject({ timeout: z.number() })).default({}) });

const broken: [string, string, number, number, RegExp][] = [
	['a value of the wrong type', 'summary: x\ncases:\n  a: {timeout: soon}\n', 3, 7, /cases\.a\.timeout: .*number/],
	['an unknown key', 'summary: x\ncase: {}\n', 2, 1, /unknown key "case"/],
	['a missing key', 'cases: {}\n', 1, 1, /summary/],
	['broken YAML', 'summary: [x\n', 2, 1, /not valid YAML/],
	['a key given twice', 'summary: x\nsummary: y\n', 2, 1, /not valid YAML/],
];
for (const [what, text, line, column, message] of broken) {
	test(`${what} is reported with file, line and column`, (t) => {
		const error = t.throws(() => parseYaml(schema, text, 'suite.yaml'), { instanceOf: UserError, message });
		t.deepEqual(error?.at, { file: 'suite.yaml', line, column });
	});
}

test('an empty file is an error and not an empty value', (t) => {
	t.throws(() => parseYaml(schema, '', 'suite.yaml'), { instanceOf: UserError });
});
