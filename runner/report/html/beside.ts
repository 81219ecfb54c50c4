/** What a report shows of what lies beside run.json: files to link, texts of attempts, the runs before. */

import type { History } from '../history.ts';
import type { AttemptTexts } from './timeline.ts';

export interface Beside {
	/** Names of the files of an attempt, by the attempt's folder; both relative, as they are linked. */
	readonly files: ReadonlyMap<string, readonly string[]>;
	/** By the attempt's folder. */
	readonly texts: ReadonlyMap<string, AttemptTexts>;
	readonly history: History;
}

export const nothingBeside: Beside = { files: new Map(), texts: new Map(), history: new Map() };
