/** Reads the suites: a folder with a suite.yaml is a suite, nothing else has to know of it. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readYaml } from '../config/yaml.ts';
import type { Fault } from '../fault/fault.ts';
import { UserError } from '../util/errors.ts';
import { exists } from '../util/files.ts';
import type { WantedTests } from '../xfstests/choose.ts';
import type { XfstestsTree } from '../xfstests/tree.ts';
import { type CaseFile, type SuiteFile, suiteSchema } from './schema.ts';
import { casesOfTree } from './xfstests-cases.ts';

export interface Case extends CaseFile {
	readonly name: string;
	/** Of an order of a sweep: the case it was made of, and what names the order. */
	readonly orderOf?: { readonly name: string; readonly sweep: string };
	/** It stands for these, which run one after the other in one guest. */
	readonly chain?: readonly Case[];
	/** A fault that it was not written for, in force while it runs. */
	readonly under?: Fault;
	/** Why it is not to run: it is a SKIP without a guest. */
	readonly excluded?: string;
}

/** What `--xfstests` and its companions ask for. */
export interface XfstestsRequest {
	readonly tree: XfstestsTree;
	readonly wanted: WantedTests;
}

export interface Suite extends Omit<SuiteFile, 'cases' | 'xfstests'> {
	readonly name: string;
	readonly dir: string;
	/** The selected ones; all of them as loaded. */
	readonly cases: readonly Case[];
	/** How many the suite has. */
	readonly caseCount: number;
	/** The user's xfstests tree that its cases come from. */
	readonly xfstests?: string;
}

/**
 * All suites below `dir`, sorted by name; the one whose cases an xfstests tree brings only with such a tree. A broken suite.yaml, or a file
 * it names that is not there, is a UserError.
 */
export async function loadSuites(dir: string, request?: XfstestsRequest): Promise<Suite[]> {
	const entries = await readdir(dir, { withFileTypes: true });
	const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
	const suites = await Promise.all(
		folders
			.sort()
			.map(async (folder) => ((await exists(join(dir, folder, 'suite.yaml'))) ? loadSuite(join(dir, folder), folder, request) : undefined)),
	);
	return suites.filter((suite) => suite !== undefined);
}

async function loadSuite(dir: string, name: string, request: XfstestsRequest | undefined): Promise<Suite | undefined> {
	const file = join(dir, 'suite.yaml');
	const { cases = {}, xfstests, ...rest } = await readYaml(suiteSchema, file);
	const written = Object.entries(cases).map(([caseName, value]) => ({ name: caseName, ...value }));
	const { programs, kernelModules } = rest.needs;
	const named = [
		...[...written, ...(xfstests ? [{ run: [xfstests.run], scenario: undefined }] : [])].map(({ run, scenario }) => ({
			path: join('cases', scenario ?? run?.[0] ?? ''),
			executable: run !== undefined,
		})),
		...[...(Array.isArray(programs) ? programs : Object.values(programs).flat()), ...kernelModules].map((path) => ({
			path,
			executable: false,
		})),
	];
	for (const { path, executable } of named) {
		const found = await stat(join(dir, path)).catch(() => undefined);
		if (!found?.isFile()) throw new UserError(`names ${path}, which is not there`, { at: { file } });
		if (executable && (found.mode & 0o111) === 0)
			throw new UserError(`${path} is not executable`, { at: { file }, hint: `chmod +x ${join(dir, path)}` });
	}
	if (!xfstests) return { ...rest, name, dir, cases: written, caseCount: written.length };
	if (!request) return undefined;
	const list = casesOfTree(request, xfstests);
	return { ...rest, name, dir, cases: list, caseCount: list.length, xfstests: request.tree.dir };
}

/** The programs of a suite by name: `[a.c]` is short for `{a: [a.c]}`. Paths are absolute. */
export function programsOf(suite: Suite): { name: string; sources: string[] }[] {
	const { programs } = suite.needs;
	if (Array.isArray(programs)) return programs.map((path) => ({ name: stem(path), sources: [join(suite.dir, path)] }));
	return Object.entries(programs).map(([name, paths]) => ({ name, sources: paths.map((path) => join(suite.dir, path)) }));
}

function stem(path: string): string {
	return path.replace(/^.*\//, '').replace(/\.c$/, '');
}
