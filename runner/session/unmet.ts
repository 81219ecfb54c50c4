/** A kernel that does not meet what is asked of it: the user's to mend, but where it is one commit of many, that one cannot be tested. */

import type { KernelSource } from '../kernel/source.ts';
import { KernelError, messageOf, UnmetError } from '../util/errors.ts';

/** Makes something of a kernel. What a commit of a repository does not meet is a KernelError, which `git bisect run` skips. */
export async function madeOf<T>({ commit }: Pick<KernelSource, 'commit'>, make: () => Promise<T>): Promise<T> {
	try {
		return await make();
	} catch (error) {
		if (!(error instanceof UnmetError) || commit === undefined) throw error;
		const lines = error.message.split('\n');
		throw new KernelError('build', lines[0] ?? '', [...lines, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])], {
			cause: error,
		});
	}
}

/** Why a bisection skips a commit of which this was thrown; anything that is no reason to is thrown again. The ends are what the user chose. */
export function whySkipped(error: unknown, isEnd: boolean): string {
	if (!(error instanceof KernelError) && (isEnd || !(error instanceof UnmetError))) throw error;
	return messageOf(error).split('\n')[0] ?? '';
}
