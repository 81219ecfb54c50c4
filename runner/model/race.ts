/** What became of a schedule: its steps, who stood where, and the diagram of the race. */

/** One step of a schedule as it was played. Times are milliseconds of host time since the play began. */
export interface RaceStep {
	/** The sentences of the schedule. */
	readonly when: string;
	/** The actor whose CPU was to be held. */
	readonly hold?: string;
	readonly until: readonly string[];
	/** `kept`: it came, and a hold ended as the schedule says. `given up`: its deadline ended it. `cut short`: the case ended, or the guest. */
	readonly outcome: 'kept' | 'given up' | 'cut short' | 'never came';
	readonly beganMs?: number;
	readonly endedMs?: number;
	/** Milliseconds of guest time when it began: the clock of console and trace. */
	readonly guestMs?: number;
	/** Seconds that the guest's jiffies leapt then. */
	readonly leap?: number;
	/** The task that came there. */
	readonly task?: string;
	readonly cpu?: number;
	/** The sentence that ended the hold, and the task that made it true. */
	readonly releasedBy?: string;
	readonly releaser?: { readonly task: string; readonly cpu: number };
	/** Of a hold that was given up: where each CPU stood, `CPU 1 mount at foo+0x12/0x80 [erofs]`, and who waited for whom. */
	readonly stood?: readonly string[];
}

export interface DiagramRow {
	/** Index of a column. */
	readonly column: number;
	/** How deep a call is; what is no call stands with the call it is about. */
	readonly depth: number;
	readonly kind: 'call' | 'hold' | 'fact' | 'trace' | 'splat';
	readonly text: string;
}

/** Who did what when: a column for each task, rows in the order of time. */
export interface Diagram {
	/** `mount (CPU 1)` */
	readonly columns: readonly string[];
	readonly rows: readonly DiagramRow[];
}

/** A race as an attempt played it. */
export interface RaceRecord {
	readonly steps: readonly RaceStep[];
	/** Absent when nothing was reached. */
	readonly diagram?: Diagram;
	/** The diagram in columns of text, for a commit message. */
	readonly text?: string;
}
