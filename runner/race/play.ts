/** The state of a schedule that is being played: what has happened, who is held, what is waited for. Pure: told of events and of time. */

import type { RaceStep } from '../model/race.ts';
import type { Schedule, Sentence, Step } from './schedule.ts';
import { untilOf } from './schedule.ts';

/** A point somebody waits for; `key` tells two apart that count from different moments. */
export interface Wanted extends Sentence {
	readonly key: string;
}

/** Where and by whom a point was reached. */
export interface Occurrence {
	/** Milliseconds since the play began. */
	readonly atMs: number;
	readonly cpu?: number;
	readonly task?: string;
}

interface State {
	readonly step: Step;
	readonly deadlineMs: number;
	begun?: Occurrence;
	heldCpu?: number;
	endedMs?: number;
	outcome?: RaceStep['outcome'];
	releasedBy?: string;
	releaser?: Occurrence | undefined;
}

export interface Play {
	/** Points of code, marks and console lines that still matter. */
	readonly wanted: () => readonly Wanted[];
	/** One more visit of a point's place that fits: true when it is the one that the point means. */
	readonly visit: (wanted: Wanted) => boolean;
	/** The point has come. */
	readonly happen: (wanted: Wanted, occurrence: Occurrence) => void;
	/** Time passes: holds end whose `after` or deadline is over. Returns the steps whose deadline is over, still held; `giveUp` ends them. */
	readonly tick: (nowMs: number) => readonly number[];
	readonly giveUp: (index: number, nowMs: number) => void;
	/** CPUs that must not run. */
	readonly held: () => ReadonlySet<number>;
	/** When the next hold may end by time alone. */
	readonly nextMs: () => number | undefined;
	/** Nothing is left to wait for. */
	readonly isOver: () => boolean;
	/** The case is over: what is still held is let go. */
	readonly end: (nowMs: number) => void;
	readonly steps: () => readonly RaceStep[];
}

const keyOf = (sentence: Sentence, step: Step) =>
	step.after === undefined ? sentence.text : `${sentence.text} (after ${step.after.text})`;

/** A play of `schedule`, at its beginning. */
export function createPlay(schedule: Schedule): Play {
	const states: State[] = schedule.play.map((step) => ({ step, deadlineMs: (step.deadline ?? schedule.deadline) * 1000 }));
	const visits = new Map<string, number>();
	const happened = new Map<string, Occurrence>();

	const isOpen = ({ step }: State) => step.after === undefined || happened.has(step.after.text);
	const openedMs = ({ step }: State) => (step.after === undefined ? 0 : (happened.get(step.after.text)?.atMs ?? 0));
	const isHeld = (state: State) => state.heldCpu !== undefined && state.endedMs === undefined;

	const release = (state: State, atMs: number, outcome: NonNullable<RaceStep['outcome']>, by: string, releaser?: Occurrence) => {
		if (state.endedMs !== undefined) return;
		state.endedMs = atMs;
		state.outcome = outcome;
		state.releasedBy = by;
		state.releaser = releaser;
	};

	const begin = (state: State, occurrence: Occurrence) => {
		const { step } = state;
		state.begun = occurrence;
		for (const other of states)
			if (isHeld(other) && step.release !== undefined && other.step.hold === step.release)
				release(other, occurrence.atMs, 'kept', step.when.text, occurrence);
		if (step.hold === undefined) {
			state.endedMs = occurrence.atMs;
			state.outcome = 'kept';
			return;
		}
		const when = step.when.point;
		const isSelf = ('actor' in when && when.actor === step.hold) || schedule.actors[step.hold]?.cpu === undefined;
		state.heldCpu = isSelf ? occurrence.cpu : schedule.actors[step.hold]?.cpu;
	};

	const settle = (nowMs: number) => {
		for (let isChanged = true; isChanged; ) {
			isChanged = false;
			for (const state of states) {
				const { step } = state;
				if (!state.begun && isOpen(state)) {
					const when = step.when.point;
					const occurrence =
						when.kind === 'time'
							? nowMs >= openedMs(state) + when.ms
								? { atMs: nowMs }
								: undefined
							: happened.get(keyOf(step.when, step));
					if (occurrence) {
						begin(state, occurrence);
						isChanged = true;
					}
				}
				if (!isHeld(state) || !state.begun) continue;
				for (const until of untilOf(step)) {
					const isDone = until.point.kind === 'time' ? nowMs >= state.begun.atMs + until.point.ms : happened.has(keyOf(until, step));
					if (!isDone) continue;
					release(state, nowMs, 'kept', until.text, happened.get(keyOf(until, step)));
					isChanged = true;
					break;
				}
			}
		}
	};

	const wanted = () => {
		const list = new Map<string, Wanted>();
		const add = (sentence: Sentence, key: string) => {
			if (sentence.point.kind !== 'time' && !happened.has(key)) list.set(key, { ...sentence, key });
		};
		for (const state of states) {
			if (state.endedMs !== undefined) continue;
			if (!isOpen(state)) {
				if (state.step.after) add(state.step.after, state.step.after.text);
				continue;
			}
			if (!state.begun) add(state.step.when, keyOf(state.step.when, state.step));
			for (const until of untilOf(state.step)) add(until, keyOf(until, state.step));
		}
		return [...list.values()];
	};

	return {
		wanted,
		visit({ key, point }) {
			const count = (visits.get(key) ?? 0) + 1;
			visits.set(key, count);
			return count === ('nth' in point ? point.nth : 1);
		},
		happen({ key }, occurrence) {
			if (!happened.has(key)) happened.set(key, occurrence);
			settle(occurrence.atMs);
		},
		tick(nowMs) {
			settle(nowMs);
			return states.flatMap((state, index) =>
				isHeld(state) && state.begun && nowMs >= state.begun.atMs + state.deadlineMs ? [index] : [],
			);
		},
		giveUp(index, nowMs) {
			const state = states[index];
			if (state) release(state, nowMs, 'given up', `its deadline of ${state.deadlineMs / 1000} s`);
			settle(nowMs);
		},
		held: () => new Set(states.filter(isHeld).map(({ heldCpu }) => heldCpu ?? -1)),
		nextMs() {
			const times = states.flatMap((state) => {
				if (!state.begun) {
					const when = state.step.when.point;
					return when.kind === 'time' && isOpen(state) ? [openedMs(state) + when.ms] : [];
				}
				if (!isHeld(state)) return [];
				const { atMs } = state.begun;
				const waits = untilOf(state.step).flatMap(({ point }) => (point.kind === 'time' ? [atMs + point.ms] : []));
				return [...waits, atMs + state.deadlineMs];
			});
			return times.length > 0 ? Math.min(...times) : undefined;
		},
		isOver: () => states.every((state) => state.endedMs !== undefined),
		end(nowMs) {
			for (const state of states) if (isHeld(state)) release(state, nowMs, 'cut short', 'the end of the case');
		},
		steps: () =>
			states.map(({ step, begun, heldCpu, endedMs, outcome, releasedBy, releaser }) => ({
				when: step.when.text,
				...(step.hold !== undefined && { hold: step.hold }),
				...(step.leap !== undefined && { leap: step.leap }),
				until: untilOf(step).map(({ text }) => text),
				outcome: outcome ?? 'never came',
				...(begun && { beganMs: begun.atMs }),
				...(endedMs !== undefined && { endedMs }),
				...(begun?.task !== undefined && { task: begun.task }),
				...((heldCpu ?? begun?.cpu) !== undefined && { cpu: heldCpu ?? begun?.cpu }),
				...(releasedBy !== undefined && { releasedBy }),
				...(releaser?.task !== undefined && releaser.cpu !== undefined && { releaser: { task: releaser.task, cpu: releaser.cpu } }),
			})),
	};
}
