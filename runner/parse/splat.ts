/** Finds kernel reports in a console stream of any size and speed, in bounded memory, wherever the stream is split. */

import type { Splat } from '../model/run.ts';
import { type ConsoleLine, readConsoleLine } from './console-line.ts';
import { consequentPanic, formatOfLine, type SplatFormat, triggers } from './splat-formats.ts';
import { isAfterOops, isReportLine } from './splat-lines.ts';
import { makeSplat } from './splat-record.ts';

export interface SplatLimits {
	/** What is kept of one report; later lines are read to find its end, and dropped. */
	readonly lines: number;
	readonly bytes: number;
	/** What is kept of one line. */
	readonly lineBytes: number;
}

export interface SplatScanner {
	/** The next piece of the stream, cut anywhere. */
	write(chunk: Uint8Array | string): void;
	/** To call when the console has been silent for a moment: hands over what waits only for more lines. A later line starts anew. */
	settle(): void;
	/** The end of the stream: an unfinished line counts, a report cut short is a report. */
	end(): void;
}

const defaults: SplatLimits = { lines: 2000, bytes: 256 * 1024, lineBytes: 8 * 1024 };

/** Lines that do not look like its own, in a row, after which a report is over. With an end marker to come, we wait longer. */
const strangeLines = { open: 10, marked: 30 };
/** Lines of others since a report's last line, after which it is over; one that saw its end marker waits for a panic only. */
const foreignLines = { open: 100, ended: 12 };
/** Guest seconds of silence after which a report is over: the slowest console prints one in less. */
const silentSeconds = 15;
/** Lines after an end marker in which a panic, or an oops' second print of the registers, is still part of it. */
const afterLines = 12;
/** Mail programs break lines at 70 to 80 columns; a caller's name may have been put in since. */
const mailWidth = { least: 68, most: 88 };
/** Reports open at once, one for each caller; more are not believable. */
const mostOpen = 16;

/**
 * Streams bytes into records. `onSplat` is called, with the report's number in the order of beginning, when a report is over: at its end marker plus a few lines, at the next report of the
 * same caller, when other lines come, or at `settle` or `end`. A panic that a report caused (`consequentPanic`) becomes part of that
 * report, as a stack with the role `panic`; any other is its own record.
 */
export function createSplatScanner(onSplat: (splat: Splat, begun: number) => void, limits: Partial<SplatLimits> = {}): SplatScanner {
	const { lineBytes } = { ...defaults, ...limits };
	const tracker = trackReports(
		(report) => {
			const splat = makeSplat(report.lines, report.guestTime);
			if (splat) onSplat(splat, report.begun);
		},
		{ ...defaults, ...limits },
	);
	// Latin-1 keeps one character a byte, so that a cut inside a UTF-8 sequence does no harm; lines are decoded when they are kept.
	let carry = '';
	let isOverlong = false;

	const write = (chunk: Uint8Array | string) => {
		const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		let text = bytes.toString('latin1');
		if (isOverlong) {
			const newline = text.indexOf('\n');
			if (newline < 0) return;
			text = text.slice(newline);
			isOverlong = false;
		}
		text = carry + text;
		const last = text.lastIndexOf('\n');
		const next = searchFor(text);
		let at = 0;
		while (at <= last) {
			if (tracker.isIdle()) {
				const hit = next(at);
				if (hit > last) {
					at = last + 1;
					break;
				}
				at = Math.max(at, text.lastIndexOf('\n', hit) + 1);
			}
			const newline = text.indexOf('\n', at);
			tracker.line(text.slice(at, Math.min(newline, at + lineBytes)));
			at = newline + 1;
		}
		carry = text.slice(at);
		if (carry.length > lineBytes) {
			carry = carry.slice(0, lineBytes);
			isOverlong = true;
		}
	};
	return {
		write,
		settle: () => tracker.finish(false),
		end: () => {
			if (carry !== '') tracker.line(carry);
			carry = '';
			isOverlong = false;
			tracker.finish(true);
		},
	};
}

/** Where the next trigger is, at or after a place; places must not go down. Infinity when there is none. */
function searchFor(text: string): (from: number) => number {
	const hits = triggers.map(() => -1);
	return (from) => {
		triggers.forEach((trigger, index) => {
			if ((hits[index] ?? -1) >= from) return;
			trigger.lastIndex = from;
			hits[index] = trigger.exec(text)?.index ?? Number.POSITIVE_INFINITY;
		});
		return Math.min(...hits);
	};
}

/** All reports of a whole text, in the order in which they begin: the first is nearest to the cause. */
export function findSplats(text: string | Uint8Array): Splat[] {
	const splats: { splat: Splat; begun: number }[] = [];
	const scanner = createSplatScanner((splat, begun) => splats.push({ splat, begun }));
	scanner.write(text);
	scanner.end();
	return splats.sort((a, b) => a.begun - b.begun).map(({ splat }) => splat);
}

interface Report {
	readonly lines: string[];
	readonly formats: Set<SplatFormat>;
	readonly guestTime: number | undefined;
	readonly begun: number;
	readonly isStamped: boolean;
	bytes: number;
	/** Lines that are its own only if another of its lines follows. */
	strange: string[];
	strangeCount: number;
	foreign: number;
	/** Width of its last line as printk printed it. */
	width: number;
	lastTime: number | undefined;
	hasStack: boolean;
	hasPanic: boolean;
	isEnded: boolean;
	after: number;
}

/** The reports that are open now, one for each printk caller, and the rules by which a line opens, continues or ends one. */
function trackReports(onReport: (report: Pick<Report, 'lines' | 'guestTime' | 'begun'>) => void, limits: SplatLimits) {
	const open = new Map<string, Report>();
	let begun = 0;

	const close = (key: string, isEnd = false) => {
		const report = open.get(key);
		open.delete(key);
		if (!report) return;
		const isUndecided = [...report.formats].every((format) => format.id === 'cut-here');
		if (!isUndecided || isEnd) onReport(report);
	};
	const keep = (report: Report, text: string) => {
		if (report.lines.length >= limits.lines || report.bytes + text.length > limits.bytes) return;
		// A fresh copy: a slice would keep the whole chunk alive.
		report.lines.push(Buffer.from(text, 'latin1').toString('utf8'));
		report.bytes += text.length;
	};
	const append = (report: Report, line: ConsoleLine) => {
		for (const text of report.strange) keep(report, text);
		report.strange = [];
		report.strangeCount = 0;
		keep(report, line.text);
		report.foreign = 0;
		report.width = line.width;
		report.lastTime = line.guestTime ?? report.lastTime;
		report.hasStack ||= /^Call Trace:/.test(line.text);
	};
	const begin = (key: string, format: SplatFormat, line: ConsoleLine) => {
		if (open.size >= mostOpen) for (const oldest of [...open.keys()].slice(0, 1)) close(oldest);
		const report: Report = {
			lines: [],
			formats: new Set([format]),
			guestTime: line.guestTime,
			begun: begun++,
			isStamped: line.isStamped,
			bytes: 0,
			strange: [],
			strangeCount: 0,
			foreign: 0,
			width: 0,
			lastTime: undefined,
			hasStack: false,
			hasPanic: false,
			isEnded: false,
			after: 0,
		};
		open.set(key, report);
		append(report, line);
	};

	/** A mail program broke a line of the report in two: the second part has no stamp, and would not have fitted. */
	const rejoin = (line: ConsoleLine): boolean => {
		if (line.isStamped || line.text.trim() === '') return false;
		const entry = [...open.values()].at(-1);
		if (!entry || entry.isEnded) return false;
		const last = entry.lines.at(-1) ?? '';
		const [word = ''] = line.text.trimStart().split(' ');
		const isCut = / (?:in|at|by task|task)$/.test(last.trimEnd());
		const didNotFit =
			entry.isStamped &&
			entry.width <= mailWidth.most &&
			entry.width + 1 + word.length > mailWidth.least &&
			!/^(?:ok|not|#|KTAP|TAP|1\.\.)/.test(word);
		if (!(entry.isStamped ? didNotFit || isCut : isCut) || entry.strange.length > 0) return false;
		entry.lines[entry.lines.length - 1] = `${last.trimEnd()} ${Buffer.from(line.text.trim(), 'latin1').toString('utf8')}`;
		entry.width = entry.isStamped ? line.width : 0;
		return true;
	};

	const feed = (key: string, report: Report, line: ConsoleLine) => {
		const { text } = line;
		const isMarked = [...report.formats].some((format) => format.ends);
		if (report.isEnded) {
			const isDying = [...report.formats].some(
				(format) => format.kind === 'OOPS' || format.kind === 'BUG' || format.kind === 'LIST_CORRUPTION',
			);
			if (isDying && isAfterOops(text)) append(report, line);
			else if (text.trim() !== '' && ++report.after > afterLines) close(key);
			return;
		}
		const isEnd = report.hasPanic ? /^---\[ end Kernel panic/.test(text) : [...report.formats].some((format) => format.ends?.test(text));
		if (isEnd && (report.lines.length > 1 || report.strange.length > 0)) {
			append(report, line);
			report.isEnded = true;
		} else if (isReportLine(text)) {
			append(report, line);
		} else {
			if (report.strange.length < strangeLines.marked * 2) report.strange.push(text);
			if (text.trim() !== '' && ++report.strangeCount > (isMarked ? strangeLines.marked : strangeLines.open)) close(key);
		}
	};

	const isForgotten = (report: Report) => ++report.foreign > (report.isEnded ? foreignLines.ended : foreignLines.open);

	const take = (line: ConsoleLine) => {
		const key = line.caller ?? '';
		const mine = open.get(key);
		if (mine?.lastTime !== undefined && line.guestTime !== undefined && line.guestTime - mine.lastTime > silentSeconds) close(key);
		for (const [other, report] of open) if (other !== key && isForgotten(report)) close(other);
		const report = open.get(key);
		const format = formatOfLine(line.text);
		if (format && report && consequentPanic.test(line.text)) {
			report.hasPanic = true;
			report.isEnded = false;
			append(report, line);
		} else if (format && report && !report.isEnded && !report.hasStack && [...report.formats].some((f) => f.absorbs?.includes(format.id))) {
			report.formats.add(format);
			append(report, line);
		} else if (format && format.opens !== false) {
			close(key);
			begin(key, format, line);
		} else if (rejoin(line)) {
			return;
		} else if (report && (line.isStamped || !report.isStamped)) {
			feed(key, report, line);
		} else {
			const shared = [...open].find(([, candidate]) => [...candidate.formats].some((f) => f.hasManyCallers));
			if (shared && line.isStamped && isReportLine(line.text)) feed(shared[0], shared[1], line);
			else if (report && isForgotten(report)) close(key);
		}
	};

	return {
		isIdle: () => open.size === 0,
		line: (raw: string) => {
			// A lone CR starts its line again; what stood before it may be a progress meter, or a kernel line.
			const ended = raw.replace(/\r+$/, '');
			for (const part of ended.includes('\r') ? ended.split(/\r+/) : [ended]) take(readConsoleLine(part));
		},
		finish: (isEnd: boolean) => {
			for (const key of [...open.keys()]) close(key, isEnd);
		},
	};
}
