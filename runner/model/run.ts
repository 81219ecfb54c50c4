/** The shapes of a run and everything in it; run.json is one `Run`, and every report is a projection of it. */

import type { RaceRecord } from './race.ts';
import type { Recipe } from './recipe.ts';

export const statuses = ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR', 'MISS', 'SKIP', 'XFAIL'] as const;
export type Status = (typeof statuses)[number];

export const splatKinds = [
	'KASAN',
	'KCSAN',
	'KFENCE',
	'KMSAN',
	'UBSAN',
	'WARNING',
	'BUG',
	'OOPS',
	'LOCKDEP',
	'RCU_STALL',
	'SOFT_LOCKUP',
	'HARD_LOCKUP',
	'HUNG_TASK',
	'REFCOUNT',
	'LIST_CORRUPTION',
	'LEAK',
	'BUSY_INODES',
	'SLAB',
	'SLEEP_IN_ATOMIC',
	'PANIC',
	'FAULT_INJECTION',
] as const;
export type SplatKind = (typeof splatKinds)[number];

/** One line of a kernel stack. `offset` and `size` are bytes; `file` and `line` are known after symbolising only. */
export interface Frame {
	readonly function: string;
	readonly offset?: number;
	readonly size?: number;
	readonly module?: string;
	/** Path below the source tree, e.g. `fs/cachefiles/volume.c`. */
	readonly file?: string;
	readonly line?: number;
	/** The compiler put this function into the one below it; such frames exist only after symbolising. */
	readonly inlined?: boolean;
	/** The lines around it in the tree that was built, and the number of the first of them. */
	readonly source?: { readonly first: number; readonly lines: readonly string[] };
	/** The address is the instruction's own (`RIP:`), not the one a call returns to. */
	readonly exact?: boolean;
	/** The unwinder printed `?`: it found the address on the stack but does not vouch for the call. */
	readonly unreliable?: boolean;
}

/** A named stack inside a splat: `access`, `allocated`, `freed`, `last work`, `other task`, ... */
export interface Stack {
	readonly role: string;
	/** What the report says of that stack, e.g. `task 8191` or `Workqueue: fscache fscache_cookie_worker [fscache]`. */
	readonly note?: string;
	readonly frames: readonly Frame[];
}

/** One kernel report. */
export interface Splat {
	readonly kind: SplatKind;
	/** In syzkaller's style: `KASAN: slab-use-after-free Read in fscache_withdraw_volume`. */
	readonly title: string;
	/** 12 hex digits over kind, title and the first frames without offsets: equal for the same bug on another build. */
	readonly fingerprint: string;
	/** A fault-injection dump is something we asked for, and does not fail a case. */
	readonly isFailure: boolean;
	readonly stacks: readonly Stack[];
	readonly task?: { readonly comm: string; readonly pid?: number };
	readonly cpu?: number;
	/** Seconds of guest time, from printk's own stamp. */
	readonly guestTime?: number;
	/** The whole text, with prefixes removed and lines of other CPUs taken out. */
	readonly text: string;
	/** The id of the known issue that accepts it. */
	readonly knownIssue?: string;
	/** Of a known issue: a task of the kernel died of it, and nothing that came after it counts. */
	readonly isFatal?: true;
}

/** A proof that a case did what it claims: `server_read_bytes_cold >= 8388608`, and what was measured. */
export interface Evidence {
	readonly claim: string;
	/** What was measured, as text; absent when the case never reported it. */
	readonly measured?: string;
	readonly holds: boolean;
}

/** One assertion a case printed (a KTAP line), flattened: parents' names are joined with ` > `. */
export interface Assertion {
	readonly name: string;
	readonly status: 'PASS' | 'FAIL' | 'SKIP' | 'TODO';
	/** Reason of a skip, or the diagnostics that followed a failure. */
	readonly detail?: string;
}

/** Where the time of an attempt went, in milliseconds, step after step. */
export interface AttemptTimes {
	/** Until there was a guest with the suite in it: restored, or booted and provided. */
	readonly guestMs: number;
	/** Until the modules under test were loaded. */
	readonly modulesMs: number;
	/** The case itself, with the looks at counters and processes before it. */
	readonly caseMs: number;
	/** Until it was known what is left, the modules were unloaded and the console was read to its end. */
	readonly restMs: number;
}

/** One case of a chain, as it ran; what it said and saw is in the attempt, under its name. */
export interface Link {
	readonly case: string;
	readonly status: Status;
	readonly reason?: string;
	/** Fingerprints of its reports, in order. */
	readonly splats: readonly string[];
}

/** One execution of a case in one machine. */
export interface Attempt {
	readonly status: Status;
	readonly reason?: string;
	/** Milliseconds since the run began, from the journal; runs of before have none. */
	readonly startedMs?: number;
	/** Where each attempt has a seed of its own, and not the job's. */
	readonly seed?: number;
	/** Without the making of the guest. */
	readonly durationMs: number;
	/** Absent when the machine was lost on the way. */
	readonly times?: AttemptTimes;
	readonly assertions: readonly Assertion[];
	readonly evidence: readonly Evidence[];
	readonly splats: readonly Splat[];
	/** What was not at rest afterwards, a line each. */
	readonly leftOvers: readonly string[];
	/** Counters that moved during the case: name -> [before, after]. */
	readonly counters: Readonly<Record<string, readonly [number, number]>>;
	/** Values the case reported under `# evidence:` or `t.evidence`, by name. */
	readonly measured: Readonly<Record<string, string>>;
	/** Of a chain: its cases as far as they ran, in order. */
	readonly links?: readonly Link[];
	/** The schedule that was played, and the diagram of it. */
	readonly race?: RaceRecord;
	/** Last console lines, kept where the verdict needs them (panic, hang, lost machine). */
	readonly consoleTail?: readonly string[];
	/** The case did not end, or not all that the kernel printed was read: of nothing that follows in the guest can be said whose it is. */
	readonly isUnsettled?: true;
	/** Folder of its files, relative to the run directory. */
	readonly dir: string;
}

export interface CaseResult {
	readonly suite: string;
	readonly case: string;
	readonly summary: string;
	readonly status: Status;
	readonly reason?: string;
	readonly durationMs: number;
	/** All executions: the first, the retry after an ERROR, the reruns of a failure. The rate is read off these. */
	readonly attempts: readonly Attempt[];
	/** `crucible rr` can record it. */
	readonly isRecordable?: true;
	/** The command that runs this case again, from the top of the checkout. */
	readonly reproduce: string;
	/** What that command is given, where it is not the name: an order of a sweep, a chain, a case under a fault. */
	readonly recipe?: Recipe;
}

export interface KernelIdentity {
	/** What the user asked for: `debian:6.12`, a path, `repo#ref`. */
	readonly spec: string;
	/** `uname -r` of it. */
	readonly release: string;
	/** Where the source came from, precisely: `Debian linux-source-6.12 6.12.117-1~deb12u1`, `git 1a2b3c...`. */
	readonly origin: string;
	readonly compiler: string;
	/** sha256 of vmlinux, the .config, and each module by name. */
	readonly hashes: { readonly vmlinux: string; readonly config: string; readonly modules: Readonly<Record<string, string>> };
}

/** suite x kernel x config. */
export interface JobResult {
	/** Safe as a file name and stable between runs: `nfs-fsc.debian-6.12.kasan`. */
	readonly id: string;
	readonly suite: string;
	readonly kernelSpec: string;
	readonly config: string;
	/** For everything random in it. */
	readonly seed?: number;
	/** Seconds that replaced each case's own timeout. */
	readonly timeoutS?: number;
	/** The user's xfstests tree that its cases come from. */
	readonly xfstests?: string;
	readonly kernel?: KernelIdentity;
	readonly accel?: 'kvm' | 'tcg';
	readonly qemu?: string;
	readonly status: Status;
	readonly durationMs: number;
	readonly cases: readonly CaseResult[];
	/**
	 * Why the job could not run at all (kernel did not build or boot, or the suite cannot be prepared on it): last lines of the log. Runs of
	 * before do not tell the stage.
	 */
	readonly problem?: { readonly stage?: 'build' | 'boot'; readonly message: string; readonly log: readonly string[] };
}

/** Time spent in one phase of a run, e.g. `build debian:6.12 kasan`. */
export interface PhaseTime {
	readonly name: string;
	readonly startedMs: number;
	readonly durationMs: number;
	/** Milliseconds of its parts by name, where it tells them: a build's `make`, `link`, `store`. */
	readonly parts?: Readonly<Record<string, number>>;
}

export interface Run {
	readonly schema: 1;
	readonly id: string;
	/** ISO 8601, UTC. */
	readonly started: string;
	readonly ended?: string;
	readonly durationMs: number;
	readonly command: readonly string[];
	/** `commit` is that of the checkout, 12 digits, and `-dirty` where that had changes. */
	readonly crucible: { readonly version: string; readonly commit?: string };
	readonly host: { readonly os: string; readonly cpus: number; readonly memoryMiB: number; readonly node: string };
	readonly jobs: readonly JobResult[];
	readonly phases: readonly PhaseTime[];
	/** The most memory the runner itself held (its resident set, without QEMU); known once the run has ended. */
	readonly peakMemoryMiB?: number;
	readonly counts: Readonly<Record<Status, number>>;
	readonly verdict: Status;
	readonly exitCode: number;
	/** Things a reader must know: an expired known issue, KVM refused and why, a retry. */
	readonly notes: readonly string[];
}

/** Exit codes; `git bisect run` reads 1 as bad, 125 as skip and 128 and above as abort. */
export const exitCodes = { pass: 0, fail: 1, untestable: 125, ours: 128, usage: 129, sigint: 130, sigterm: 143 } as const;
