/** What nightly.yaml may say; the comments here are its reference. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../config/yaml.ts';
import { configName, parseConfigName } from '../kernel/config-fragments.ts';
import type { Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { messageOf } from '../util/errors.ts';

/** What a file may name. */
export interface Known {
	/** kconfig/debug. */
	readonly fragments: readonly string[];
	readonly suites: readonly Suite[];
}

function schemaFor({ fragments, suites }: Known) {
	const config = z.string().superRefine((text, context) => {
		const unknown = parseConfigName(text).find((name) => !fragments.includes(name));
		if (unknown !== undefined)
			context.addIssue({ code: 'custom', message: `there is no kernel configuration "${unknown}"; known are ${fragments.join(', ')}` });
	});
	const glob = z.string().superRefine((text, context) => {
		try {
			selectCases(suites, [text], []);
		} catch (error) {
			context.addIssue({ code: 'custom', message: messageOf(error) });
		}
	});
	const tag = z.string().superRefine((text, context) => {
		try {
			selectCases(suites, [], [text]);
		} catch (error) {
			context.addIssue({ code: 'custom', message: messageOf(error) });
		}
	});
	const kernel = z.string().min(1);
	return z.strictObject({
		/** The matrix: each kernel under each configuration runs all the suites. */
		kernels: z.array(kernel).min(1),
		configs: z.array(config).min(1).default(['kasan+faults']),
		/** Suites or suite/case, with wildcards; all when left out. */
		suites: z.array(glob).default([]),
		/** Of those only the cases with one of these tags. */
		tags: z.array(tag).default([]),
		/** Cells that are left out; what is not said fits any. */
		exclude: z.array(z.strictObject({ kernel: kernel.optional(), config: config.optional() })).default([]),
		/** Every case runs this often: a flake needs more than one look. */
		repeat: z.int().min(1).max(1000).default(1),
		/** How often a failed case is run again, for its rate. */
		reruns: z.int().min(0).max(100).default(2),
		/** Seconds that replace each case's own timeout. */
		timeout: z.int().min(1).optional(),
		/** Nights that flake rates are told over. */
		window: z.int().min(1).max(1000).default(14),
		/** Nights whose run folders are kept; the history keeps all. */
		keep: z.int().min(1).default(30),
		kcidb: z
			.strictObject({
				/** Registered with KCIDB: the name of this CI system. */
				origin: z
					.string()
					.regex(/^[a-z0-9_]+$/, 'lower-case letters, digits and _')
					.default('crucible'),
			})
			.prefault({}),
	});
}

export type NightlyConfig = z.output<ReturnType<typeof schemaFor>>;

/** One kernel under one configuration. */
export interface Cell {
	/** A folder's name: `1-debian-6.12.kasan`. */
	readonly id: string;
	readonly kernel: string;
	readonly config: string;
}

/** Reads the file; a mistake, an unknown configuration or suite included, is a UserError with file, line and column. */
export async function readNightlyConfig(file: string, kconfigDir: string, suites: readonly Suite[]): Promise<NightlyConfig> {
	const files = await readdir(join(kconfigDir, 'debug'));
	const fragments = files.filter((name) => name.endsWith('.config')).map((name) => name.replace(/\.config$/, ''));
	return readYaml(schemaFor({ fragments, suites }), file);
}

/** The cells of the matrix in the file's order, each once. */
export function cellsOf({ kernels, configs, exclude }: Pick<NightlyConfig, 'kernels' | 'configs' | 'exclude'>): Cell[] {
	const named = new Set(configs.map((config) => configName(parseConfigName(config))));
	const pairs = [...new Set(kernels)].flatMap((kernel) => [...named].map((config) => ({ kernel, config })));
	const isOut = (cell: { kernel: string; config: string }) =>
		exclude.some(
			({ kernel, config }) =>
				(kernel === undefined || kernel === cell.kernel) && (config === undefined || configName(parseConfigName(config)) === cell.config),
		);
	return pairs
		.filter((cell) => !isOut(cell))
		.map((cell, index) => ({ id: `${index + 1}-${`${cell.kernel}.${cell.config}`.replace(/[^A-Za-z0-9.+]+/g, '-')}`, ...cell }));
}
