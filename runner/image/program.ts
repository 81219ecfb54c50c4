/** C programs for the guest, compiled static on the host and kept by the hash of what went into them. */

import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../util/errors.ts';
import { asideName, exists } from '../util/files.ts';
import { hashOf } from '../util/hash.ts';
import { runCompiler } from './steps.ts';

const flags = ['-static', '-O2', '-s', '-Wall', '-Wextra', '-Werror', '-Wl,--build-id=none'] as const;

/**
 * Compiles `sources` (absolute paths of C files) into one static program and returns its path below `cacheDir`. Headers in quotes
 * count as sources. What gcc complains of is a UserError with its lines.
 */
export async function compileProgram(sources: readonly string[], name: string, cacheDir: string, signal?: AbortSignal): Promise<string> {
	const hash = await hashSources(sources, name, signal);
	const program = join(cacheDir, 'programs', `${name}-${hash.slice(0, 16)}`);
	if (await exists(program)) return program;
	await mkdir(dirname(program), { recursive: true });
	const aside = asideName(program);
	try {
		// Paths in __FILE__ must not depend on where the checkout is.
		const maps = [...new Set(sources.map((source) => dirname(source)))].map((folder) => `-ffile-prefix-map=${folder}=.`);
		const result = await runCompiler([...flags, ...maps, '-o', aside, ...sources], { signal });
		// Saved meanwhile: what gcc read may be of either state.
		if ((await hashSources(sources, name, signal)) !== hash) return await compileProgram(sources, name, cacheDir, signal);
		if (!result.ok) throw compileError(name, result.stderr);
		await chmod(aside, 0o755);
		await rename(aside, program);
	} finally {
		await rm(aside, { force: true });
	}
	return program;
}

async function hashSources(sources: readonly string[], name: string, signal: AbortSignal | undefined): Promise<string> {
	const [compiler, rules] = await Promise.all([runCompiler(['--version'], { signal }), runCompiler(['-MM', ...sources], { signal })]);
	if (!compiler.ok) throw new UserError(`cannot compile ${name}: gcc is not installed`, { hint: 'apt-get install gcc libc6-dev' });
	if (!rules.ok) throw compileError(name, rules.stderr);
	const files = parseRules(rules.stdout);
	const contents = await Promise.all(files.map((file) => readFile(file)));
	return hashOf(compiler.stdout, flags.join(' '), ...contents);
}

/** The prerequisites of make rules as `gcc -MM` writes them, sources and headers, in order. */
export function parseRules(text: string): string[] {
	// agent.o: /somewhere/agent.c /somewhere/frame.h \
	const rules = text.replaceAll('\\\n', ' ').split('\n');
	return rules.flatMap((rule) =>
		(rule.slice(rule.indexOf(': ') + 1).match(/(?:\\.|\S)+/g) ?? []).map((path) => path.replace(/\\(.)/g, '$1')),
	);
}

function compileError(name: string, stderr: string): UserError {
	// agent.c:12:5: error: implicit declaration of function 'foo' [-Werror=implicit-function-declaration]
	const first = /^(\S.*?):(\d+):(\d+): (?:fatal )?error: (.*)$/m.exec(stderr);
	const [, file, line, column] = first ?? [];
	return new UserError(`cannot compile ${name}\n${stderr.trim().split('\n').slice(0, 30).join('\n')}`, {
		...(file !== undefined && { at: { file, line: Number(line), column: Number(column) } }),
	});
}
