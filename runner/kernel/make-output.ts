/** What make and the compiler print, read as it comes: steps done, and the lines that tell why a build failed. */

export interface Step {
	/** `CC`, `LD [M]`, ... */
	readonly verb: string;
	readonly target: string;
}

/** A line of kbuild's quiet output; undefined for anything else. */
export function parseStep(line: string): Step | undefined {
	// "  CC [M]  fs/cachefiles/volume.o", "  AR      fs/built-in.a", "  KSYMS   .tmp_vmlinux.kallsyms0.S"
	const [, verb, isModule, target] = /^ {2}([A-Z][A-Z0-9_]*)( \[M\])?\s+(\S+)$/.exec(line) ?? [];
	return verb !== undefined && target !== undefined ? { verb: `${verb}${isModule ?? ''}`, target } : undefined;
}

// "fs/cachefiles/volume.c:123:4: error: 'foo' undeclared", "fs/x.h:3:10: fatal error: y.h: No such file or directory"
const compilerError = /^(\S+?):(\d+)(?::\d+)?: (?:fatal )?error: /;
// "ld: fs/x.o: in function `f':", "ld: x.c:12: undefined reference to `g'", "ERROR: modpost: \"g\" [fs/x.ko] undefined!",
// 'crypto/Kconfig:1449: can't open file "arch/arm/crypto/Kconfig"'
const otherError =
	/undefined reference to|multiple definition of|^ERROR: |^ld: .*(?:error|cannot|undefined)|: error: |^Error: |: No rule to make target|: not found$|internal compiler error|No space left on device|Killed signal|can't open file "/;
const context = /^(?:In file included from |\s+from |.*: In function |.*: At top level:)/;
// "   12 |  return foo;", "      |         ^~~", "fs/x.c:11:3: note: each undeclared identifier is reported only once"
const follow = /^(?:\s+\d* ?\| ?|\s|\S+:\d+(?::\d+)?: note: )/;

/** The lines of stderr that tell why a build failed, warnings and make's own noise left out; at most `most`. */
export function errorLines(stderr: readonly string[], most = 40): string[] {
	const kept: string[] = [];
	let before: string[] = [];
	let isFollowing = false;
	for (const line of stderr) {
		if (compilerError.test(line) || (otherError.test(line) && !isMakeNoise(line))) {
			kept.push(...before, line);
			before = [];
			isFollowing = true;
		} else if (isFollowing && follow.test(line)) kept.push(line);
		else {
			isFollowing = false;
			before = context.test(line) ? [...before, line].slice(-8) : [];
		}
	}
	return kept.length > 0 ? kept.slice(0, most) : stderr.filter((line) => line.trim() !== '').slice(-most);
}

// "make[3]: *** [scripts/Makefile.build:229: fs/cachefiles/volume.o] Error 1"
function isMakeNoise(line: string): boolean {
	return /^make(?:\[\d+\])?: /.test(line) && !line.includes('No rule to make target');
}

/** The first error, for a message of one line. */
export function firstError(lines: readonly string[]): string | undefined {
	return lines.find((line) => compilerError.test(line)) ?? lines.find((line) => otherError.test(line));
}

/** Whether it is the compiler that says it, of a place in a source. */
export function isCompilerError(line: string): boolean {
	return compilerError.test(line);
}

/** Whether the failure is this machine's rather than the kernel's: disk or memory ran out. */
export function isHostFailure(lines: readonly string[]): boolean {
	return lines.some((line) =>
		/No space left on device|Killed signal terminated program|Cannot allocate memory|virtual memory exhausted/.test(line),
	);
}
