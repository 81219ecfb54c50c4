/** The language of evidence: `name op value`, checked against what a case measured. */

import type { Evidence } from '../model/run.ts';

const operators = {
	'==': (order: number) => order === 0,
	'!=': (order: number) => order !== 0,
	'>=': (order: number) => order >= 0,
	'<=': (order: number) => order <= 0,
	'>': (order: number) => order > 0,
	'<': (order: number) => order < 0,
} as const;
type Operator = keyof typeof operators;

export interface Claim {
	readonly text: string;
	readonly name: string;
	readonly operator: Operator;
	/** A number, a word, or the name of another measurement. */
	readonly value: string;
}

// "warm_server_reads == 0", "cold_bytes >= file_bytes", "protocol == 4.2"
const form = /^\s*([a-z][a-z0-9_]*)\s*(==|!=|>=|<=|>|<)\s*([A-Za-z0-9_.-]+)\s*$/;

/** The claim, or a sentence that says why the text is not one. */
export function parseClaim(text: string): Claim | string {
	const match = form.exec(text);
	if (!match) return `not a claim: "${text}"; write \`name op value\`, op one of ${Object.keys(operators).join(' ')}`;
	const [, name = '', operator, value = ''] = match;
	return { text: text.trim(), name, operator: operator as Operator, value };
}

/** Checks one claim; a value that was never measured, or that cannot be ordered, does not hold. */
export function checkClaim(text: string, measured: Readonly<Record<string, string>>): Evidence {
	const claim = parseClaim(text);
	if (typeof claim === 'string') return { claim: text, holds: false };
	const left = measured[claim.name];
	if (left === undefined) return { claim: claim.text, holds: false };
	const isName = /^[a-z][a-z0-9_]*$/.test(claim.value) && measured[claim.value] !== undefined;
	const right = isName ? (measured[claim.value] ?? '') : claim.value;
	const shown = isName ? `${left} (${claim.value}: ${right})` : left;
	const [a, b] = [Number(left), Number(right)];
	const bothNumbers = left !== '' && right !== '' && !Number.isNaN(a) && !Number.isNaN(b);
	if (!bothNumbers && claim.operator !== '==' && claim.operator !== '!=') return { claim: claim.text, measured: shown, holds: false };
	const order = bothNumbers ? Math.sign(a - b) : left === right ? 0 : 1;
	return { claim: claim.text, measured: shown, holds: operators[claim.operator](order) };
}
