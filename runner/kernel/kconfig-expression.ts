/** Kconfig's conditions: parsed, evaluated against a .config, and taken apart to say which part of one is false. */

export type Expression =
	| { readonly kind: 'symbol'; readonly name: string }
	/** A constant: `"x"`, a number, or a macro call such as $(cc-option,-g), whose answer we do not know. */
	| { readonly kind: 'constant'; readonly text: string }
	| { readonly kind: 'not'; readonly operand: Expression }
	| { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
	| { readonly kind: 'compare'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** Value of a symbol by name: `y`, `m`, `n`, a number or a string without quotes. */
export type Values = (symbol: string) => string;

/** n, m, y as 0, 1, 2, so that && is the lesser and || the greater. */
export type Tristate = 0 | 1 | 2;

/** Parses a condition; text it cannot read becomes one constant, taken as true: the analysis explains, it does not decide. */
export function parseExpression(text: string): Expression {
	const tokens = tokenize(text);
	let at = 0;
	const primary = (): Expression => {
		const token = tokens[at++];
		if (token === '!') return { kind: 'not', operand: primary() };
		if (token === '(') {
			const inner = either();
			at++;
			return inner;
		}
		if (token === undefined) return { kind: 'constant', text: 'y' };
		// A symbol may begin with a digit: 64BIT.
		const isSymbol = /^\w+$/.test(token) && !/^(?:[ymn]|\d+|0x[\da-fA-F]+)$/.test(token);
		return isSymbol ? { kind: 'symbol', name: token } : { kind: 'constant', text: token };
	};
	const compared = (): Expression => {
		const left = primary();
		const operator = tokens[at];
		if (operator === undefined || !/^(?:!?=|[<>]=?)$/.test(operator)) return left;
		at++;
		return { kind: 'compare', operator, left, right: primary() };
	};
	const both = (): Expression => {
		let left = compared();
		while (tokens[at] === '&&') {
			at++;
			left = { kind: 'and', left, right: compared() };
		}
		return left;
	};
	const either = (): Expression => {
		let left = both();
		while (tokens[at] === '||') {
			at++;
			left = { kind: 'or', left, right: both() };
		}
		return left;
	};
	const whole = either();
	return at >= tokens.length ? whole : { kind: 'constant', text: text.trim() };
}

function tokenize(text: string): string[] {
	const tokens: string[] = [];
	let rest = text.trim();
	while (rest !== '') {
		const token = rest.startsWith('$(')
			? macroAt(rest)
			: (/^(?:"(?:[^"\\]|\\.)*"|'[^']*'|&&|\|\||!=|<=|>=|[!=<>()]|[\w.-]+|.)/.exec(rest)?.[0] ?? rest);
		tokens.push(token);
		rest = rest.slice(token.length).trimStart();
	}
	return tokens;
}

/** `$(cc-option,-fsanitize=bool)` with nested parentheses. */
function macroAt(text: string): string {
	let depth = 0;
	for (let at = 1; at < text.length; at++) {
		if (text[at] === '(') depth++;
		if (text[at] === ')' && --depth === 0) return text.slice(0, at + 1);
	}
	return text;
}

/** Value of a condition under `values`. */
export function evaluate(expression: Expression, values: Values): Tristate {
	switch (expression.kind) {
		case 'symbol':
			return tristate(values(expression.name));
		case 'constant':
			return expression.text.startsWith('$(') ? 2 : tristate(expression.text.replaceAll('"', ''));
		case 'not':
			return (2 - evaluate(expression.operand, values)) as Tristate;
		case 'and':
			return Math.min(evaluate(expression.left, values), evaluate(expression.right, values)) as Tristate;
		case 'or':
			return Math.max(evaluate(expression.left, values), evaluate(expression.right, values)) as Tristate;
		case 'compare':
			return compare(expression.operator, operandOf(expression.left, values), operandOf(expression.right, values)) ? 2 : 0;
	}
}

function tristate(value: string): Tristate {
	return value === 'y' ? 2 : value === 'm' ? 1 : 0;
}

function operandOf(expression: Expression, values: Values): string {
	if (expression.kind === 'symbol') return values(expression.name);
	return expression.kind === 'constant' ? expression.text.replaceAll('"', '') : '';
}

function compare(operator: string, left: string, right: string): boolean {
	if (operator === '=') return left === right;
	if (operator === '!=') return left !== right;
	const [a, b] = [Number(left), Number(right)];
	const order = Number.isNaN(a) || Number.isNaN(b) ? left.localeCompare(right) : a - b;
	return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

/** The parts of a condition that hold it below `wanted`, each as short as it can be; empty when it reaches it. */
export function shortfalls(expression: Expression, wanted: Tristate, values: Values): Expression[] {
	if (evaluate(expression, values) >= wanted) return [];
	if (expression.kind === 'and') return [...shortfalls(expression.left, wanted, values), ...shortfalls(expression.right, wanted, values)];
	return [expression];
}

/** A condition as text with the value of each symbol: `CACHEFILES [=n] || !PM [=y]`. */
export function describe(expression: Expression, values: Values): string {
	const inner = (part: Expression) => (part.kind === 'and' || part.kind === 'or' ? `(${describe(part, values)})` : describe(part, values));
	switch (expression.kind) {
		case 'symbol':
			return `${expression.name} [=${values(expression.name)}]`;
		case 'constant':
			return expression.text;
		case 'not':
			return `!${inner(expression.operand)}`;
		case 'and':
		case 'or':
			return `${inner(expression.left)} ${expression.kind === 'and' ? '&&' : '||'} ${inner(expression.right)}`;
		case 'compare':
			return `${describe(expression.left, values)}${expression.operator}${describe(expression.right, values)}`;
	}
}

/** Names of the symbols in a condition. */
export function symbolsOf(expression: Expression): string[] {
	switch (expression.kind) {
		case 'symbol':
			return [expression.name];
		case 'constant':
			return [];
		case 'not':
			return symbolsOf(expression.operand);
		default:
			return [...symbolsOf(expression.left), ...symbolsOf(expression.right)];
	}
}
