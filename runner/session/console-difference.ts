/** Where two consoles of what should be the same run part. Pure. */

export interface ConsoleDifference {
	/** From 1. */
	readonly line: number;
	/** Without the line break; undefined where that console has ended. */
	readonly recorded: string | undefined;
	readonly replayed: string | undefined;
}

/** undefined when they are the same, byte for byte. */
export function consoleDifference(recorded: Buffer, replayed: Buffer): ConsoleDifference | undefined {
	if (recorded.equals(replayed)) return undefined;
	const [left, right] = [recorded, replayed].map((bytes) => bytes.toString('latin1').split('\n'));
	const most = Math.max(left?.length ?? 0, right?.length ?? 0);
	for (let index = 0; index < most; index++)
		if (left?.[index] !== right?.[index]) return { line: index + 1, recorded: left?.[index], replayed: right?.[index] };
	throw new Error('two buffers that differ have the same lines');
}
