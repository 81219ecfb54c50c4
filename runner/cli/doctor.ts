/** `crucible doctor`: every check with its result, every failing one with its fix. */

import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { Command } from 'commander';
import { checkout } from '../config/paths.ts';
import { folders } from '../config/settings.ts';
import { exitCodes } from '../model/run.ts';
import { installLine, missingNeeds } from '../session/host.ts';
import { loadSuites } from '../suite/load.ts';
import { messageOf } from '../util/errors.ts';
import { formatBytes } from '../util/text.ts';
import { chooseAccel } from '../vm/accel.ts';
import type { CommandContext } from './context.ts';
import { addSettings, settingsOf } from './flags.ts';

interface Check {
	readonly what: string;
	readonly ok: boolean;
	readonly detail: string;
	readonly fix?: string;
}

export function addDoctor(program: Command, context: CommandContext): void {
	addSettings(program.command('doctor').description('checks the host; each failing check prints its fix'), ['kernel']).action(
		async (flags: Record<string, unknown>) => {
			const settings = await settingsOf(flags);
			const checks = await Promise.all([
				checkPrograms(settings.kernel),
				checkFolder('cache', folders.cache, 12),
				checkFolder('results', checkout.results, 1),
				checkMemory(),
				checkAccel(context.interrupts.drain),
				checkSuites(),
			]);
			for (const check of checks) {
				process.stdout.write(`${check.ok ? 'ok     ' : 'not ok '} ${check.what}: ${check.detail}\n`);
				if (!check.ok && check.fix) process.stdout.write(`        fix: ${check.fix}\n`);
			}
			if (checks.some((check) => !check.ok)) context.finish(exitCodes.usage);
		},
	);
}

async function checkPrograms(kernels: readonly string[]): Promise<Check> {
	const missing = await missingNeeds(kernels);
	if (missing.length === 0) return { what: 'programs', ok: true, detail: 'all there' };
	const detail = `missing ${missing.map((need) => `${need.probe} (${need.why})`).join(', ')}`;
	return { what: 'programs', ok: false, detail, fix: installLine(missing) };
}

async function checkFolder(what: string, path: string, needGiB: number): Promise<Check> {
	try {
		await mkdir(path, { recursive: true });
		await access(path, constants.W_OK);
		const { bavail, bsize } = await statfs(path);
		const free = bavail * bsize;
		const ok = free >= needGiB * 2 ** 30;
		return {
			what,
			ok,
			detail: `${path}, ${formatBytes(free)} free`,
			fix: `make room: ${needGiB} GiB are needed; ./crucible clean frees old kernels`,
		};
	} catch (error) {
		return {
			what,
			ok: false,
			detail: messageOf(error),
			fix: what === 'cache' ? 'set XDG_CACHE_HOME to a folder you may write to' : `chown the checkout to yourself`,
		};
	}
}

async function checkMemory(): Promise<Check> {
	const total = totalmem();
	return {
		what: 'memory',
		ok: total >= 4 * 2 ** 30,
		detail: formatBytes(total),
		fix: '4 GiB are needed to build a kernel and run a guest',
	};
}

/** TCG is slower and yet right: not a failure. */
async function checkAccel(signal: AbortSignal): Promise<Check> {
	try {
		const { accel, reason } = await chooseAccel('auto', { stateDir: folders.state, signal });
		return { what: 'accelerator', ok: true, detail: `${accel}: ${reason}` };
	} catch (error) {
		return { what: 'accelerator', ok: false, detail: messageOf(error), fix: 'apt-get install qemu-system-x86' };
	}
}

async function checkSuites(): Promise<Check> {
	try {
		const suites = await loadSuites(checkout.suites);
		return {
			what: 'suites',
			ok: true,
			detail: `${suites.length} suites, ${suites.reduce((sum, suite) => sum + suite.cases.length, 0)} cases`,
		};
	} catch (error) {
		return { what: 'suites', ok: false, detail: messageOf(error), fix: 'mend the file named' };
	}
}
