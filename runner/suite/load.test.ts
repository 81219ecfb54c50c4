import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { checkout } from '../config/paths.ts';
import type { Run } from '../model/run.ts';
import { formatPosition, UserError } from '../util/errors.ts';
import { loadSuites, programsOf } from './load.ts';
import { narrowing, selectCases } from './select.ts';

const good = "summary: s\ntags: [smoke]\ncases:\n  a:\n    summary: y\n    run: [a.sh]\n    evidence: ['reads > 0']\n";

async function suiteDir(t: ExecutionContext, yaml: string, mode = 0o755): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-suites-'));
	t.teardown(() => rm(dir, { recursive: true, force: true }));
	await mkdir(join(dir, 'x/cases'), { recursive: true });
	await writeFile(join(dir, 'x/suite.yaml'), yaml);
	await writeFile(join(dir, 'x/cases/a.sh'), '#!/bin/sh\n');
	await chmod(join(dir, 'x/cases/a.sh'), mode);
	return dir;
}

const broken: [string, string, string, RegExp][] = [
	['a case without evidence', good.replace(/ {4}evidence.*\n/, ''), ':4:3', /cases\.a\.evidence/],
	['evidence that is not a claim', good.replace('reads > 0', 'served from cache'), ':7:16', /not a claim/],
	[
		'a case that is both script and scenario',
		good.replace('run: [a.sh]', 'run: [a.sh]\n    scenario: a.ts'),
		':4:3',
		/either `run` or `scenario`/,
	],
	['an unknown key', good.replace('summary: s', 'sumary: s'), ':1:1', /summary|sumary/],
	['a suite without cases', 'summary: s\ncases: {}\n', ':2:1', /at least one case/],
];
for (const [what, yaml, position, message] of broken) {
	test(`${what} is refused with its place`, async (t) => {
		const error = await t.throwsAsync(loadSuites(await suiteDir(t, yaml)), { instanceOf: UserError, message });
		t.true(formatPosition(error.at ?? { file: '' }).endsWith(`x/suite.yaml${position}`), formatPosition(error.at ?? { file: '' }));
	});
}

test('a file that a suite names must be there, and a script executable', async (t) => {
	await t.throwsAsync(suiteDir(t, good.replace('a.sh', 'b.sh')).then(loadSuites), { message: /cases\/b\.sh, which is not there/ });
	await t.throwsAsync(suiteDir(t, good, 0o644).then(loadSuites), { message: /not executable/ });
});

test('a folder with a suite.yaml is a suite, nothing else has to know', async (t) => {
	const dir = await suiteDir(t, good.replace('cases:', 'needs: {programs: [p/d.c]}\ncases:'));
	await mkdir(join(dir, 'x/p'));
	await writeFile(join(dir, 'x/p/d.c'), '');
	const [suite] = await loadSuites(dir);
	t.is(suite?.name, 'x');
	t.deepEqual(suite && programsOf(suite), [{ name: 'd', sources: [join(dir, 'x/p/d.c')] }]);
});

test('globs and tags select cases', async (t) => {
	const suites = await loadSuites(await suiteDir(t, good.replace('tags: [smoke]', 'tags: [smoke, nfs]')));
	t.is(selectCases(suites, ['x/*'], []).length, 1);
	t.is(selectCases(suites, ['x'], ['nfs']).length, 1);
	t.is(selectCases(suites, [], ['smoke']).length, 1);
	t.throws(() => selectCases(suites, ['y'], []), { instanceOf: UserError, message: /no suite or case matches "y"/ });
	t.throws(() => selectCases(suites, [], ['nope']), { instanceOf: UserError, message: /no suite has the tag/ });
});

test('globs keep the cases of stored runs that they name, and each must name one of either', (t) => {
	const runOf = (...names: string[]) => {
		const cases = names.map((name) => ({ suite: name.split('/')[0], case: name.split('/')[1] }));
		return { jobs: cases.map((one) => ({ suite: one.suite, cases: [one] })) } as unknown as Run;
	};
	const runs = [runOf('x/a', 'y/b'), runOf('x/a', 'x/c')];
	const kept = (...globs: string[]) =>
		runs.map(narrowing(runs, globs)).map(({ jobs }) => jobs.map(({ cases }) => cases.map((one) => one.case).join()).join(' '));
	t.deepEqual(kept(), ['a b', 'a c']);
	t.deepEqual(kept('x'), ['a', 'a c']);
	t.deepEqual(kept('x/c'), ['', 'c']);
	t.throws(() => kept('x', 'z/*'), { instanceOf: UserError, message: /no stored case matches "z\/\*"/ });
});

test('the project’s own suites load', async (t) => {
	t.true((await loadSuites(checkout.suites)).length > 0);
});
