/** What the kernel's own style checker says of a series: checkpatch.pl of the tree under test, where it has one. */

import { join } from 'node:path';
import type { Patch } from '../kernel/patch.ts';
import { mailText } from '../kernel/save-series.ts';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';

export interface Complaint {
	readonly level: 'ERROR' | 'WARNING' | 'CHECK';
	/** checkpatch's own name of it: `LONG_LINE`. */
	readonly type: string;
	readonly text: string;
}

/** Complaints with the name of their patch, a line each; nothing for a tree without the script. */
export async function checkpatch(tree: string, patches: readonly Patch[], signal?: AbortSignal): Promise<string[]> {
	const script = join(tree, 'scripts/checkpatch.pl');
	if (!(await exists(script))) return [];
	const lines: string[] = [];
	for (const patch of patches) {
		// Of a bare diff nobody can ask for a message and a sign-off.
		const bare = patch.commit ? [] : ['--no-signoff', '--ignore=COMMIT_MESSAGE'];
		const args = [script, '--terse', '--show-types', '--no-summary', `--root=${tree}`, '--max-line-length=100', ...bare, '-'];
		const said = await exec('perl', args, { input: mailText(patch), allowFailure: true, signal, cwd: tree, env: { LC_ALL: 'C' } });
		lines.push(...tell(patch.name, parseComplaints(said.stdout)));
	}
	return lines;
}

/** Reads `--terse --show-types` output. Pure. */
export function parseComplaints(stdout: string): Complaint[] {
	return stdout.split('\n').flatMap((line): Complaint[] => {
		// "-:21: ERROR:TRAILING_WHITESPACE: trailing whitespace"
		const [, level, type, text] = /^[^:]*:\d*:? ?(ERROR|WARNING|CHECK):([A-Z0-9_]+): (.*)$/.exec(line) ?? [];
		return level === undefined || type === undefined ? [] : [{ level: level as Complaint['level'], type, text: text ?? '' }];
	});
}

const most = 6;

/** A line each; notes of a run are a set, so each says which patch it is about. */
function tell(name: string, complaints: readonly Complaint[]): string[] {
	const more = complaints.length > most ? [`checkpatch, ${name}: and ${complaints.length - most} more`] : [];
	return [...complaints.slice(0, most).map(({ level, type, text }) => `checkpatch, ${name}: ${level} ${type}: ${text}`), ...more];
}
