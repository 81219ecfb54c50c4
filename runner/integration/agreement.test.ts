/** However guests come about, and however many at once, a case gets the same verdict for the same reason. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import type { Run } from '../model/run.ts';
import { ramDir, templatesDir } from '../vm/template-place.ts';
import { outline, runJson } from './crucible.ts';

/** Of each kind of verdict, of splats, of left-overs, of a guest that is lost; and what one case leaves, the next must not see. */
const cases = ['pass', 'fail', 'skip', 'no-evidence', 'left-mount', 'use-after-free', 'panic'].map((name) => `planted/${name}`);

/** What must agree; durations, counters and addresses need not. */
function essence(run: Run) {
	return run.jobs.flatMap((job) =>
		job.cases.map(({ case: name, status, reason, attempts }) => ({
			name,
			status,
			reason,
			attempts: attempts.map(({ assertions, splats, leftOvers, evidence }) => ({
				assertions: assertions.map((assertion) => `${assertion.status} ${assertion.name}`),
				splats: splats.map((splat) => splat.title),
				leftOvers,
				evidence: evidence.map(({ holds }) => holds),
			})),
		})),
	);
}

test.serial('clones side by side, clones one after the other and booted guests agree', async (t) => {
	const clones = await runJson([...cases, '--reruns', '0', '--jobs', '2']);
	const inOrder = await runJson([...cases, '--reruns', '0', '--jobs', '1']);
	const booted = await runJson([...cases, '--reruns', '0', '--jobs', '2', '--no-templates']);
	t.is(clones.exitCode, 1, outline(clones.run));
	t.is(new Set(clones.run.jobs.flatMap((job) => job.cases.map(({ status }) => status))).size, 4, outline(clones.run));
	t.deepEqual(essence(inOrder.run), essence(clones.run));
	t.deepEqual(essence(booted.run), essence(clones.run));
	t.log(
		`clones, 2 at once: ${clones.run.durationMs} ms; one: ${inOrder.run.durationMs} ms; booted, 2 at once: ${booted.run.durationMs} ms`,
	);
});

test.serial('after runs no RAM file is without its template, and no overlay disk is left', async (t) => {
	const { cache } = folders;
	const templates = await readdir(templatesDir(cache));
	for (const name of await readdir(ramDir(cache))) t.true(templates.includes(name.slice(0, 16)), name);
	const { run } = await runJson(['planted/pass', 'planted/left-mount', '--reruns', '0']);
	const files = await readdir(join(checkout.results, run.id), { recursive: true });
	t.deepEqual(
		files.filter((file) => file.endsWith('.qcow2')),
		[],
	);
});
