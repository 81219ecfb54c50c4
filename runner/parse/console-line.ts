/** One console line without what was put in front of and behind the kernel's own words: quoting, stamps, callers, levels, line ends. */

export interface ConsoleLine {
	/** The kernel's words, with their indentation. */
	readonly text: string;
	/** Seconds of guest time, when printk's own stamp was there. */
	readonly guestTime?: number;
	/** printk's caller id: `T123` for a task, `C0` for a CPU in interrupt. */
	readonly caller?: string;
	/** Whether any stamp, of any style, stood in front. */
	readonly isStamped: boolean;
	/** Length as printk printed it, its stamp included: mail programs break lines at a width. */
	readonly width: number;
}

// "\u001b[31mred\u001b[0m", "\u001b]0;title\u0007"
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// "text\r\r", "text^M", "text ^M\r"
const lineEnds = /(?:\r|\^M)+$/;
// "> > text", ">> text", "| text"; but not ">ffff88812c185200: fb fb", which is KASAN's own mark
const quote = /^(?:[>|](?![0-9a-f]{8,16}: )[ \t]?)+/;
// "<4>", "<12>"
const level = /^<\d{1,3}>/;
// "kern  :warn  : "
const dmesgLevel = /^(?:kern|user|daemon) *: ?\w+ *: /;
// "Nov 21 01:00:00 host kernel: ", "2026-11-21T01:00:00.123456+00:00 host kernel: ", "[   12.345678] host kernel: "
const syslog =
	/^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?|\[ *\d+\.\d{6}\]) \S+ kernel(?:\[\d+\])?: ?/;
// "[Sat Nov 21 01:00:00 2026] ", "2026-11-21T01:00:00,123456+00:00 "
const date = /^(?:\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\]|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d+[+-]\d\d:\d\d)(?=[ [])/;
// "[  432.921382] ", "[  432.921382][ T8137] ", "[  432.921382][    C0] "
const stamp = /^\[ *(\d{1,8}\.\d{6})\](?:\[ *([TC]\d+)\])?(?: |$)/;
// "[  432.921382][ T8137] text", of printable ASCII without a `^M`
const usual = /^\[ *(\d{1,8}\.\d{6})\](?:\[ *([TC]\d+)\])? ((?:[\t -\]_-~]|\^(?!M))*)$/;
// "[ T8137] "
const callerOnly = /^ ?\[ *([TC]\d+)\](?: |$)/;
// "~ # cat x[  432.921382] BUG: ..."; somebody's unfinished line stands before the kernel's
const embeddedStamp = /\[ *\d{1,8}\.\d{6}\](?:\[ *[TC]\d+\])? (?=\S)/;

/** Reads one line, given without its newline. Never fails: what is not recognised is text. */
export function readConsoleLine(raw: string): ConsoleLine {
	// The usual line of a console needs no more than this.
	const plain = usual.exec(raw);
	if (plain?.[3] !== undefined)
		return {
			text: plain[3],
			guestTime: Number(plain[1]),
			...(plain[2] !== undefined && { caller: plain[2] }),
			isStamped: true,
			width: raw.length,
		};
	let rest = raw.includes('\u001b') ? raw.replace(escapes, '') : raw;
	rest = rest.replace(lineEnds, '');
	rest = rest.replace(quote, '');
	let isStamped = false;
	const cut = (pattern: RegExp): RegExpExecArray | undefined => {
		const match = pattern.exec(rest);
		if (!match) return undefined;
		rest = rest.slice(match[0].length);
		return match;
	};
	cut(level);
	cut(dmesgLevel);
	if (cut(syslog) ?? cut(date)) {
		isStamped = true;
		if (rest.startsWith(' [')) rest = rest.slice(1);
	}
	const width = rest.length;
	let time = cut(stamp);
	if (!time && !isStamped) {
		const inside = embeddedStamp.exec(rest);
		if (inside) {
			rest = rest.slice(inside.index);
			time = cut(stamp);
		}
	}
	const caller = time?.[2] ?? cut(callerOnly)?.[1];
	if (isStamped && !time && !caller && rest.startsWith(' ')) rest = rest.slice(1);
	return {
		text: rest,
		...(time?.[1] !== undefined && { guestTime: Number(time[1]) }),
		...(caller !== undefined && { caller }),
		isStamped: isStamped || time !== undefined || caller !== undefined,
		width,
	};
}
