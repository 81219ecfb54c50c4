/** The live reporter of a terminal or a CI log: messages and progress on stderr, results on stdout. */

import type { Event } from '../model/event.ts';
import type { CaseResult, Run } from '../model/run.ts';
import { formatDuration } from '../util/text.ts';
import { distinctSplats, rate } from './attempts.ts';
import { oneLine } from './harmless-run.ts';
import { createPaint, statusColors } from './paint.ts';
import { planOrder } from './plan-order.ts';
import { activity, advance, clock, idle, nameOfCase } from './progress.ts';
import { summaryLines } from './summary.ts';

/** A stream that text is written to; `columns` is what a terminal knows of its own width. */
interface Output {
	write(text: string): unknown;
	readonly columns?: number | undefined;
}

export interface TerminalOptions {
	readonly stdout: Output;
	readonly stderr: Output;
	/** Whether stderr is a terminal somebody watches; false in CI. */
	readonly isTty: boolean;
	readonly color: boolean;
	/** Columns, for a stderr that does not know its own. */
	readonly width: number;
	/** Milliseconds that only grow. */
	readonly now?: () => number;
}

export interface TerminalReporter {
	readonly onEvent: (event: Event) => void;
	/** Writes the summary and ends the status line; `report` is the path of report.html as the user should see it. */
	readonly finish: (run: Run, options?: { readonly report?: string }) => void;
	/** Ends the status line without a summary, for a run that broke. */
	readonly stop: () => void;
}

// Often enough for a clock that shows seconds.
const redrawMs = 500;
// A make prints hundreds of files a second; eyes and slow terminals do not need them all.
const leastRedrawMs = 80;
// CI services end a job that prints nothing for some minutes; a log needs no more than this.
const plainProgressMs = 20_000;

const clearLine = '\r\u001b[K';

/** Listens to a run. The timer it starts with the first event does not keep the process alive. */
export function createTerminalReporter(options: TerminalOptions): TerminalReporter {
	const { stdout, stderr, isTty, now = () => performance.now() } = options;
	const paint = createPaint(options.color);
	let progress = idle;
	/** Run time minus our clock; moves when a run is resumed. */
	let offsetMs = 0;
	let drawnAt = Number.NEGATIVE_INFINITY;
	let saidAt = now();
	let isDrawn = false;
	let timer: NodeJS.Timeout | undefined;
	let order = planOrder([]);

	const erase = () => {
		if (isDrawn) stderr.write(clearLine);
		isDrawn = false;
	};
	const draw = () => {
		// Some pseudo-terminals say they have 0 columns.
		const width = Math.max(20, stderr.columns || options.width);
		const atMs = now() + offsetMs;
		const text = activity(progress, atMs);
		drawnAt = now();
		if (text === '') return erase();
		const head = `${clock(atMs)}  `;
		stderr.write(`${clearLine}${paint('dim', head)}${cut(text, width - head.length - 1)}`);
		isDrawn = true;
	};
	const say = (output: Output, text: string) => {
		erase();
		output.write(`${text}\n`);
		saidAt = now();
		if (isTty) draw();
	};
	const sayCases = (lines: readonly string[]) => {
		for (const line of lines) say(stdout, line);
	};
	/** In plain lines the time stands in front, because nothing else tells it. */
	const message = (text: string) => say(stderr, isTty ? text : `[${clock(now() + offsetMs).padStart(7)}] ${text}`);
	const tick = () => {
		if (isTty) return draw();
		if (now() - saidAt < plainProgressMs) return;
		const text = activity(progress, now() + offsetMs);
		if (text !== '') message(text);
	};

	const onEvent = (event: Event) => {
		timer ??= setInterval(tick, redrawMs).unref();
		offsetMs = event.atMs - now();
		const before = progress;
		// One reporter may hear of several runs, one after the other.
		progress = advance(event.type === 'run-started' ? idle : progress, event);
		switch (event.type) {
			case 'run-started':
				order = planOrder(event.plan);
				return;
			case 'run-resumed':
				return message('resumed an interrupted run');
			case 'phase-started':
				return isTty ? draw() : message(`${oneLine(event.phase)} ...`);
			case 'phase-progress':
				if (!isTty) return tick();
				return now() - drawnAt >= leastRedrawMs ? draw() : undefined;
			case 'phase-ended': {
				const detail = event.detail === undefined ? '' : `  ${oneLine(event.detail)}`;
				return message(paint('dim', `${oneLine(event.phase)}  ${formatDuration(event.durationMs)}${detail}`));
			}
			case 'job-failed':
				say(stdout, `${badge(event.status)}${oneLine(event.job)}  ${oneLine(event.problem.message)}`);
				return sayCases(order.jobOver(event.job));
			case 'case-started': {
				const { path, kernel } = nameOfCase(progress, event.job, event.case);
				if (event.attempt > 1) return message(paint('dim', `${path} on ${kernel}: attempt ${event.attempt} in a fresh clone`));
				return isTty ? draw() : undefined;
			}
			case 'splat-seen': {
				if (!event.splat.isFailure) return;
				const { path, kernel } = nameOfCase(before, event.job, event.case);
				const known = event.splat.knownIssue === undefined ? '' : ` (known issue ${oneLine(event.splat.knownIssue)})`;
				return message(paint(known ? 'dim' : 'red', `${path} on ${kernel}: ${oneLine(event.splat.title)}${known}`));
			}
			case 'case-ended':
				return sayCases(order.ended(event.job, event.result.case, caseLine(event.job, event.result)));
			case 'job-ended':
				return sayCases(order.jobOver(event.job));
			case 'note':
				return message(`note: ${oneLine(event.text)}`);
			default:
		}
	};
	const badge = (status: CaseResult['status']) => paint(statusColors[status], status.padEnd('INCONCLUSIVE'.length + 2));
	const caseLine = (job: string, result: CaseResult) => {
		const { path, kernel } = nameOfCase(progress, job, result.case);
		const repeated = rate(result);
		const took = result.attempts.length > 0 ? `  ${formatDuration(result.durationMs)}` : '';
		const title = distinctSplats(result).find((splat) => splat.isFailure)?.title;
		const why = result.status === 'PASS' ? '' : `  ${oneLine(result.reason ?? title ?? '')}`;
		return `${badge(result.status)}${path}  ${paint('dim', `${kernel}${took}`)}${repeated ? `  ${repeated}` : ''}${why}`;
	};
	const stop = () => {
		sayCases(order.rest());
		clearInterval(timer);
		timer = undefined;
		erase();
	};
	return {
		onEvent,
		stop,
		finish: (run, { report } = {}) => {
			stop();
			stdout.write(`\n${summaryLines(run, { paint, ...(report !== undefined && { report }) }).join('\n')}\n`);
		},
	};
}

/** A status line must not wrap: a wrapped one cannot be rewritten in place. */
function cut(text: string, width: number): string {
	return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}
