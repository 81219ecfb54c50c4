/** The shapes of a bisection: the commits, what was found of them in order, and what that comes to. */

export interface Commit {
	/** 40 hex digits, or `0`, `1`, ... where the states are no commits. */
	readonly id: string;
	readonly title: string;
	/** Those among the commits of the history; others are good by assumption. */
	readonly parents: readonly string[];
}

/** What a bisection learns, in the order it learns it; `commit` is an index, 0 the good end. */
export type Finding =
	/** The kernel of a commit; equal for equal vmlinux, modules and configuration. */
	| { readonly type: 'kernel'; readonly commit: number; readonly identity: string }
	/** Also of a commit that told something before, and tells nothing more. */
	| { readonly type: 'untestable'; readonly commit: number; readonly why: string }
	| {
			readonly type: 'runs';
			readonly commit: number;
			readonly failed: number;
			readonly passed: number;
			/** So many seeds were taken by then, from the bisection's own on; bisections of before do not say. */
			readonly seeds?: number;
			/** The folder of the run. */
			readonly evidence?: string;
	  };

export type Outcome =
	/** `suspects` is one commit, or those that cannot be told apart since what lies between cannot be tested. */
	| { readonly kind: 'found'; readonly suspects: readonly number[]; readonly confidence: number }
	| { readonly kind: 'unsure'; readonly suspects: readonly number[]; readonly confidence: number; readonly why: string }
	| { readonly kind: 'ends'; readonly why: string };

export interface Bisection {
	readonly schema: 2;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	/** A repository, or the kernel that is patched or configured: the same wherever the user stands, and wherever a branch has gone. */
	readonly source: string;
	readonly kind: 'commits' | 'patches' | 'configs';
	/** `suite/case`. */
	readonly case: string;
	readonly config: string;
	/** Of each commit, where that is what they differ in. */
	readonly configs?: readonly string[];
	/** Hashes of the series, which is kept beside: put on patch by patch, or on top of every commit. */
	readonly patches: readonly string[];
	readonly accel: 'auto' | 'kvm' | 'tcg';
	/** Whether time may leap in cases that say so. */
	readonly warp: boolean;
	readonly seed: number;
	/** Seconds that replace the case's own timeout. */
	readonly timeoutS?: number;
	/** The user's xfstests tree that the case comes from. */
	readonly xfstests?: string;
	/** What a failure has to show to count. */
	readonly sign?: string;
	/** How sure the answer has to be. */
	readonly confidence: number;
	/** Runs that pass or fail, after which it is given up. */
	readonly mostRuns: number;
	/** The good end first, the bad one last, parents before children. */
	readonly commits: readonly Commit[];
	readonly findings: readonly Finding[];
	/** Of each commit, the probability that it has the bug, as far as is known; by index. */
	readonly badness: readonly number[];
	/** Absent while it goes on. */
	readonly outcome?: Outcome;
}

/** What the findings say of one commit: its runs together, or why there are none. */
export function talliesOf(
	findings: readonly Finding[],
): ReadonlyMap<number, { readonly failed: number; readonly passed: number; readonly why?: string }> {
	const tallies = new Map<number, { failed: number; passed: number; why?: string }>();
	for (const finding of findings) {
		if (finding.type === 'kernel') continue;
		const { failed, passed } = tallies.get(finding.commit) ?? { failed: 0, passed: 0 };
		if (finding.type === 'untestable') tallies.set(finding.commit, { failed, passed, why: finding.why });
		else tallies.set(finding.commit, { failed: failed + finding.failed, passed: passed + finding.passed });
	}
	return tallies;
}
