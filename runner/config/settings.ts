/** Settings, declared once: flag > environment > project file > user file > default; help and completion are read off the table. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.ts';
import { checkout, userFolders } from './paths.ts';
import { parseYaml } from './yaml.ts';

const list = z.array(z.string().min(1)).min(1);
const positive = z.coerce.number().int().positive();

/** One row per setting: its key in files, its flag, its variable, its shape, its default and one line of help. */
export const settingTable = {
	kernel: {
		flag: '--kernel <spec>',
		env: 'CRUCIBLE_KERNEL',
		schema: list,
		fallback: ['debian:6.12'],
		repeatable: true,
		help: 'debian:6.12, debian:6.1, a directory, a tarball, or a git repository with #ref; repeatable',
	},
	config: {
		flag: '--config <fragments>',
		env: 'CRUCIBLE_CONFIG',
		schema: z.string(),
		fallback: 'kasan+faults',
		repeatable: false,
		help: 'debug fragments of kconfig/debug joined with +, e.g. kasan+lockdep',
	},
	accel: {
		flag: '--accel <kind>',
		env: 'CRUCIBLE_ACCEL',
		schema: z.enum(['auto', 'kvm', 'tcg']),
		fallback: 'auto',
		repeatable: false,
		help: 'auto, kvm or tcg',
	},
	jobs: {
		flag: '--jobs <n>',
		env: 'CRUCIBLE_JOBS',
		schema: z.union([z.literal('auto'), positive]),
		fallback: 'auto',
		repeatable: false,
		help: 'compilers and machines at work side by side, or auto (one per CPU)',
	},
	templates: {
		flag: '--no-templates',
		env: 'CRUCIBLE_TEMPLATES',
		schema: z.union([z.boolean(), z.stringbool()]),
		fallback: true,
		repeatable: false,
		help: 'boot every guest instead of cloning it from a saved one',
	},
	warp: {
		flag: '--no-warp',
		env: 'CRUCIBLE_WARP',
		schema: z.union([z.boolean(), z.stringbool()]),
		fallback: true,
		repeatable: false,
		help: 'let cases that say clock: warp wait in real time',
	},
	reruns: {
		flag: '--reruns <n>',
		env: 'CRUCIBLE_RERUNS',
		schema: z.coerce.number().int().nonnegative(),
		fallback: 2,
		repeatable: false,
		help: 'how often a failed case is run again, for its rate',
	},
} as const;

type Table = typeof settingTable;
export type Settings = { readonly [K in keyof Table]: z.output<Table[K]['schema']> };

const names = Object.keys(settingTable) as (keyof Table)[];
const fileSchema = z.strictObject(Object.fromEntries(names.map((name) => [name, (settingTable[name].schema as z.ZodType).optional()])));

/** What the process was given from outside; the only reader of process.env. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;

export const folders = userFolders(environment);

/** Where the user stands; npm start runs us in the checkout. */
export function userDir(): string {
	return environment.INIT_CWD ?? process.cwd();
}

/** Settings in force, given the flags of this command (undefined where absent). A bad value names the place it came from. */
export async function readSettings(flags: Readonly<Partial<Record<keyof Table, unknown>>>): Promise<Settings> {
	const files = await Promise.all([join(checkout.top, '.crucible.yaml'), join(folders.config, 'config.yaml')].map(readFileSettings));
	const entries = names.map((name) => {
		const row = settingTable[name];
		const fromEnv = environment[row.env];
		const given =
			flags[name] !== undefined
				? { value: flags[name], where: row.flag.split(' ')[0] }
				: fromEnv !== undefined && fromEnv !== ''
					? { value: row.repeatable ? fromEnv.split(/\s+/) : fromEnv, where: row.env }
					: undefined;
		if (!given) return [name, files[0]?.[name] ?? files[1]?.[name] ?? row.fallback];
		const parsed = (row.schema as z.ZodType).safeParse(given.value);
		if (!parsed.success)
			throw new UserError(`${given.where} ${String(given.value)}: ${parsed.error.issues[0]?.message ?? 'not accepted'}`, {
				hint: row.help,
			});
		return [name, parsed.data];
	});
	return Object.fromEntries(entries) as Settings;
}

async function readFileSettings(file: string): Promise<Record<string, unknown>> {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw new UserError(`cannot read: ${error.code ?? error.message}`, { at: { file } });
	});
	return text === undefined ? {} : parseYaml(fileSchema, text, file);
}

/** Whether output may be coloured and rewritten in place (no-color.org; CI means plain lines). */
export function outputStyle(isTty: boolean): { color: boolean; live: boolean } {
	const { NO_COLOR, FORCE_COLOR, CI, TERM } = environment;
	const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== '';
	const color = forced || (isTty && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb');
	return { color, live: isTty && (CI === undefined || CI === '') && TERM !== 'dumb' };
}
