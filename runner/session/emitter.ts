/** Stamps events with the run's clock and hands them to everybody who listens. */

import type { Event, EventListener } from '../model/event.ts';
import type { PhaseTime } from '../model/run.ts';
import { messageOf } from '../util/errors.ts';

/** An event before it is stamped. */
export type Happening = Event extends infer E ? (E extends Event ? Omit<E, 'atMs'> : never) : never;

export interface Emitter {
	readonly emit: (happening: Happening) => void;
	/** Runs `work` as a phase: its begin, its progress and its end are events, also when it throws. `partsOf` tells where its time went. */
	readonly phase: <T>(
		name: string,
		work: (progress: (detail: string, fraction?: number) => void) => Promise<T>,
		partsOf?: (result: T) => PhaseTime['parts'],
	) => Promise<T>;
}

/** `startMs` is where the clock of a resumed run goes on. */
export function createEmitter(listeners: readonly EventListener[], startMs = 0): Emitter {
	const began = performance.now() - startMs;
	const emit = (happening: Happening) => {
		const event = { ...happening, atMs: Math.round(performance.now() - began) } as Event;
		for (const listener of listeners) listener(event);
	};
	return {
		emit,
		async phase(name, work, partsOf) {
			const phaseBegan = performance.now();
			const end = (more: { readonly detail?: string; readonly parts?: NonNullable<PhaseTime['parts']> }) =>
				emit({ type: 'phase-ended', phase: name, durationMs: Math.round(performance.now() - phaseBegan), ...more });
			emit({ type: 'phase-started', phase: name });
			try {
				const result = await work((detail, fraction) =>
					emit({ type: 'phase-progress', phase: name, detail, ...(fraction !== undefined && { fraction }) }),
				);
				const parts = partsOf?.(result);
				end(parts ? { parts } : {});
				return result;
			} catch (error) {
				end({ detail: messageOf(error).split('\n')[0] ?? '' });
				throw error;
			}
		},
	};
}
