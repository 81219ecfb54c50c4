/** What a case printed as KTAP (or TAP): assertions, evidence, and everything wrong with the form. */

import { Parser, type Result } from 'tap-parser';
import type { Assertion } from '../model/run.ts';
import { harmless } from '../util/text.ts';

export interface KtapReport {
	/** The lowest level of test points; names of those above are joined in front with ` > `. */
	readonly assertions: readonly Assertion[];
	/** `# evidence: name value`; the last value of a name counts. */
	readonly evidence: Readonly<Record<string, string>>;
	/** Sentences on what is wrong with plan, numbers or end; empty for a well-formed report. */
	readonly problems: readonly string[];
	/** Why everything was skipped: `1..0 # SKIP reason`. */
	readonly skipReason?: string;
	readonly bailout?: string;
	/** Every planned test point, at every level, came. */
	readonly isComplete: boolean;
}

// "    # evidence: warm_server_read_bytes 0"
const evidenceLine = /^\s*#\s*evidence:\s+(\S+)\s+(.*\S)\s*$/;
// "KTAP version 1", "  TAP version 14"
const versionLine = /^(\s*)(?:KTAP|TAP) version \d+\s*$/;
// "  Bail out! disk full"
const bailoutLine = /^\s*Bail out!\s*(.*)$/;
// "1..4", "1..0 # SKIP no erofs"
const planLine = /^1\.\.(\d+)\s*(?:#\s*(?:SKIP\S*)?:?\s*(.*))?$/i;
/** A guest may print without end; more names than this help nobody. As many failures are kept behind them. */
const mostAssertions = 10_000;

/** Reads a whole report, or the part of one that came before a panic. Never throws: what is no KTAP is passed over. */
export function parseKtap(text: string): KtapReport {
	const evidence: Record<string, string> = {};
	const kept: string[] = [];
	let bailout: string | undefined;
	let isTap = false;
	for (const raw of text.split('\n')) {
		const line = harmless(raw).trimEnd();
		const fact = evidenceLine.exec(line);
		if (fact) {
			if (fact[1] !== '__proto__') evidence[fact[1] ?? ''] = fact[2] ?? '';
			continue;
		}
		const bail = bailoutLine.exec(line);
		if (bail) {
			// tap-parser forgets the last test point of a subtest that bails out.
			bailout = bail[1] ?? '';
			break;
		}
		const version = versionLine.exec(line);
		if (version) {
			isTap ||= version[1] === '' && !line.startsWith('KTAP');
			continue;
		}
		kept.push(line);
	}
	// KTAP nests with two spaces, TAP 14 with four.
	const lines = isTap ? kept : kept.map((line) => line.replace(/^ +/, (indent) => indent.repeat(2)));
	const problems: string[] = [];
	const assertions = readPoints(lines, problems);

	const late = assertions.slice(mostAssertions).filter(({ status }) => status === 'FAIL');
	if (late.length > mostAssertions) problems.push(`${late.length - mostAssertions} more failures than are kept`);

	const plan = lines.map((line) => planLine.exec(line)).find((match) => match);
	const skipReason = plan?.[1] === '0' && assertions.length === 0 ? plan[2] || 'nothing to test' : undefined;
	if (bailout !== undefined) problems.push(`bailed out${bailout && `: ${bailout}`}`);
	else if (!plan) problems.push('no plan (1..N)');
	return {
		assertions: [...assertions.slice(0, mostAssertions), ...late.slice(0, mostAssertions)],
		evidence,
		problems,
		...(skipReason !== undefined && { skipReason }),
		...(bailout !== undefined && { bailout }),
		isComplete: bailout === undefined && plan !== undefined && !problems.some((problem) => problem.includes('planned')),
	};
}

/** One level of nesting while it is read. */
interface Level {
	readonly assertions: Assertion[];
	/** What was said after the last test point. */
	said: string[];
	child?: Level & { readonly name: string };
}

function readPoints(lines: readonly string[], problems: string[]): Assertion[] {
	const watch = (parser: Parser, level: Level, name: string) => {
		const where = name === '' ? '' : ` in ${name}`;
		let seen = 0;
		let planned: number | undefined;
		const settle = () => {
			const last = level.assertions.at(-1);
			if (last?.status === 'FAIL' && level.said.length > 0)
				level.assertions[level.assertions.length - 1] = { ...last, detail: [last.detail, ...level.said].filter(Boolean).join('\n') };
			level.said = [];
		};
		parser.on('child', (child: Parser) => {
			settle();
			const nested = { assertions: [], said: [], name: child.name };
			// A child whose parent's line never came.
			close(level);
			level.child = nested;
			watch(child, nested, child.name);
		});
		parser.on('comment', (comment: string) => {
			const said = comment.replace(/^#\s?/, '').trimEnd();
			if (said !== '' && !/^(?:Subtest\b|test count\(|failed \d+|skip: |todo: )/.test(said)) level.said.push(said);
		});
		parser.on('plan', (plan: { start: number; end: number; comment: string }) => {
			if (plan.comment !== 'no tests found') planned = plan.end;
		});
		parser.on('assert', (point: Result) => {
			settle();
			seen++;
			if (point.tapError?.includes('multiple times')) problems.push(`test number ${point.id} came twice${where}`);
			const nested = level.child;
			delete level.child;
			const assertion = assertionOf(point);
			const below = nested?.assertions ?? [];
			level.assertions.push(...below.map((child) => ({ ...child, name: `${assertion.name} > ${child.name}` })));
			// The line of a parent says no more than its children did, unless it contradicts them.
			if (below.length === 0 || (assertion.status !== 'PASS' && !below.some((child) => child.status === 'FAIL')))
				level.assertions.push(assertion);
			if (assertion.status === 'FAIL' && below.length > 0) level.said = [];
		});
		parser.on('complete', () => {
			settle();
			close(level);
			if (planned !== undefined && planned !== seen) problems.push(`planned ${planned}${where}, ran ${seen}`);
		});
	};
	const close = (level: Level) => {
		const { child } = level;
		delete level.child;
		if (child)
			level.assertions.push(...child.assertions.map((one) => ({ ...one, name: child.name ? `${child.name} > ${one.name}` : one.name })));
	};
	const root: Level = { assertions: [], said: [] };
	const parser = new Parser();
	watch(parser, root, '');
	parser.end(`TAP version 14\n${lines.join('\n')}\n`);
	return root.assertions;
}

function assertionOf(point: Result): Assertion {
	const name = point.name.replace(/^- /, '') || `(${point.id})`;
	if (point.skip) return { name, status: 'SKIP', ...(typeof point.skip === 'string' && { detail: point.skip }) };
	if (point.todo) return { name, status: 'TODO', ...(typeof point.todo === 'string' && { detail: point.todo }) };
	if (point.ok) return { name, status: 'PASS' };
	return { name, status: 'FAIL', ...(point.diag && { detail: JSON.stringify(point.diag) }) };
}
