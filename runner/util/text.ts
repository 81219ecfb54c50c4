/** Text for people: durations, sizes, near names, and guest text made safe. */

import { distance } from 'fastest-levenshtein';

/** `0.4 s`, `12 s`, `3 min 07 s`. */
export function formatDuration(ms: number): string {
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `45 s`, `12 min`, `8 h 05 min`: for what goes on for hours. */
export function formatHours(ms: number): string {
	if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
	const minutes = Math.round(ms / 60_000);
	return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `512 B`, `4.0 KiB`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
	let value = bytes;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** Up to `most` names of `known` that are close to what was typed, best first. */
export function nearNames(typed: string, known: readonly string[], most = 3): string[] {
	return known
		.map((name) => ({ name, cost: distance(typed.toLowerCase(), name.toLowerCase()) }))
		.filter(({ name, cost }) => cost <= Math.max(2, Math.floor(typed.length / 3)) || (typed.length >= 3 && name.includes(typed)))
		.sort((a, b) => a.cost - b.cost)
		.slice(0, most)
		.map(({ name }) => name);
}

/** `did you mean x or y?`, or undefined. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
	const near = nearNames(typed, known);
	return near.length > 0 ? `did you mean ${near.join(' or ')}?` : undefined;
}

/** As one word of a POSIX shell; quoted only where a shell would change it. */
export function shellQuote(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** As a value in QEMU's option syntax: a comma is written twice. */
export function doubleCommas(value: string): string {
	return value.replaceAll(',', ',,');
}

/** `1 case`, `2 cases`. */
export function count(n: number, noun: string): string {
	return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: guest text may hold any control character, which is the point
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// "\u001b[31mred\u001b[0m", "\u001b]0;title\u0007"
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Text from a guest without escape sequences and control characters (tab and newline stay). */
export function harmless(text: string): string {
	return text.replace(escapes, '').replace(controls, '');
}
