/** Flags shared by commands, made from the settings table. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { readSettings, type Settings, settingTable } from '../config/settings.ts';

type Name = keyof typeof settingTable;

/** Adds the flags of the named settings; a repeatable one collects its values. */
export function addSettings(command: Command, names: readonly Name[]): Command {
	for (const name of names) {
		const row = settingTable[name];
		const fallback = Array.isArray(row.fallback) ? row.fallback.join(' ') : String(row.fallback);
		const option = new Option(row.flag, `${row.help} (default: ${fallback}; ${row.env})`);
		if (row.repeatable) option.argParser(collect);
		command.addOption(option);
	}
	return command;
}

/** The settings in force under a command's flags. */
export function settingsOf(flags: Readonly<Record<string, unknown>>): Promise<Settings> {
	const names = Object.keys(settingTable) as Name[];
	// commander sets what `--no-x` turns off to true by default: only false was given by the user.
	return readSettings(Object.fromEntries(names.map((name) => [name, flags[name] === true ? undefined : flags[name]])));
}

/** An option as it is typed: `dryRun` is `--dry-run`. */
export function flagOf(name: string): string {
	return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
	return [...(earlier ?? []), value];
}

/** Parses `90s`, `30m`, `8h`, `2d`, `1h30m`; milliseconds. */
export function duration(value: string): number {
	const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;
	if (!/^(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(value) || value === '')
		throw new InvalidArgumentError('not a time such as 8h, 90m or 1h30m.');
	const parts = value.matchAll(/(\d+)([dhms])/g);
	return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units], 0);
}

/** Parses `500M`, `2G`, `1T`; bytes. */
export function byteSize(value: string): number {
	const units = { M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;
	const [, number, unit] = /^(\d+(?:\.\d+)?)([MGT])$/.exec(value) ?? [];
	if (unit === undefined) throw new InvalidArgumentError('not a size such as 500M or 2G.');
	return Math.round(Number(number) * units[unit as keyof typeof units]);
}

/** Parses a whole number that is at least `least`. */
export function wholeNumber(least: number): (value: string) => number {
	return (value) => {
		const number = Number(value);
		if (!Number.isInteger(number) || number < least) throw new InvalidArgumentError(`not a whole number from ${least} on.`);
		return number;
	};
}
