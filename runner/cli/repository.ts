/** The git repository behind `--kernel`, for refs that the user gives without one. */

import { userDir } from '../config/settings.ts';
import { resolveCommit } from '../kernel/git.ts';
import { parseSourceSpec, type SourceSpec } from '../kernel/source-spec.ts';

/** A kernel as it is written on the command line, relative to where the user stands. */
export function parseKernel(spec: string): SourceSpec {
	return parseSourceSpec(spec, userDir());
}

/** Its path; undefined when there are several kernels, or the one is no folder and no repository. */
export function repositoryOf(kernels: readonly string[]): string | undefined {
	const [kernel = '', ...more] = kernels;
	const spec = more.length === 0 ? parseKernel(kernel) : undefined;
	return spec?.kind === 'git' ? spec.repository : spec?.kind === 'directory' ? spec.path : undefined;
}

/** The same kernel, whenever and from wherever it is asked for: a branch may move, and the user, too. */
export async function pinnedKernel(spec: string, signal?: AbortSignal): Promise<string> {
	const parsed = parseKernel(spec);
	if (parsed.kind === 'debian') return spec;
	if (parsed.kind !== 'git') return parsed.path;
	const { repository, id } = await resolveCommit(parsed.repository, parsed.ref, signal);
	return `${repository}#${id}`;
}
