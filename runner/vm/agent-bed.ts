/** The guest's agent, run on the host for each test of a file. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TestFn } from 'ava';
import { checkout } from '../config/paths.ts';
import { readRecipe } from '../image/recipe.ts';
import { exec } from '../util/exec.ts';
import { Agent } from './agent.ts';

export interface AgentBed {
	agent: Agent;
	port: Duplex;
	results: Duplex;
	/** An empty folder that goes with the test. */
	dir: string;
	pid: number | undefined;
	ended: Promise<unknown>;
}

/** Compiles the agent once, and gives every test of `test` one of its own. */
export function withAgent(test: TestFn<AgentBed>): void {
	let program = '';

	test.before(async () => {
		program = join(await mkdtemp(join(tmpdir(), 'crucible-test-')), 'agent');
		const folder = join(checkout.images, 'base');
		const sources = [(await readRecipe(folder)).programs.agent ?? []].flat().map((source) => join(folder, source));
		await exec('gcc', ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program, ...sources]);
	});

	test.after.always(() => rm(join(program, '..'), { recursive: true, force: true }));

	test.beforeEach(async (t) => {
		const child = spawn(program, ['--fd', '3', '--results-fd', '4'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
		const [, , , port, results] = child.stdio as unknown as [null, null, null, Duplex, Duplex];
		const agent = new Agent(port);
		const [version] = await once(agent, 'hello');
		t.is(version, 1);
		t.context = { agent, port, results, dir: await mkdtemp(join(tmpdir(), 'crucible-test-')), pid: child.pid, ended: once(child, 'exit') };
	});

	test.afterEach.always(async (t) => {
		t.context.agent[Symbol.dispose]();
		t.context.results.destroy();
		await t.context.ended;
		await rm(t.context.dir, { recursive: true, force: true });
	});
}
