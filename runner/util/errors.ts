/** Errors by whose fault they are; anything else that is thrown is a bug of ours. */

export interface Position {
	readonly file: string;
	readonly line?: number;
	readonly column?: number;
}

/** The user gave something that cannot work. Shown as `file:line:column: message` and a hint, never a stack; exit 129. */
export class UserError extends Error {
	override readonly name = 'UserError';
	readonly hint: string | undefined;
	readonly at: Position | undefined;

	/** `hint` is the command to type or the thing to change. */
	constructor(message: string, options: { hint?: string; at?: Position; cause?: unknown } = {}) {
		super(message, { cause: options.cause });
		this.hint = options.hint;
		this.at = options.at;
	}
}

/** The kernel does not meet what is asked of it: a Kconfig symbol, a module. Whoever tests many kernels may go on without this one. */
export class UnmetError extends UserError {}

/** The kernel under test does not build or boot; exit 125, which `git bisect run` reads as skip. */
export class KernelError extends Error {
	override readonly name = 'KernelError';
	readonly stage: 'build' | 'boot';
	/** The lines that tell why: the compiler's, or the last of the console. */
	readonly log: readonly string[];

	constructor(stage: 'build' | 'boot', message: string, log: readonly string[], options: { cause?: unknown } = {}) {
		super(message, options);
		this.stage = stage;
		this.log = log;
	}
}

/** Our side failed: QEMU died, the disk is full, the agent is gone. Retried once in a fresh machine; exit 128. */
export class InfraError extends Error {
	override readonly name = 'InfraError';
}

/** `file:line:column`, as editors and compilers write it. */
export function formatPosition(at: Position): string {
	return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
