/** What `crucible run` is given to run one entry of a plan again, where that is more than its name. */

export interface Recipe {
	/** Of one suite, in the order in which they run in one guest. */
	readonly cases: readonly string[];
	/** The order of a sweep: `daemon@cachefiles:cachefiles_withdraw_cache+0x1c`. */
	readonly sweep?: string;
	/** The background fault: `memory-pressure,leaveMiB=256`. */
	readonly under?: string;
}

/** The words after `crucible run`, unquoted. */
export function recipeWords(suite: string, { cases, sweep, under }: Recipe): string[] {
	return [
		...cases.map((name) => `${suite}/${name}`),
		...(cases.length > 1 ? ['--chain'] : []),
		...(sweep === undefined ? [] : ['--sweep', sweep]),
		...(under === undefined ? [] : ['--under', under]),
	];
}
