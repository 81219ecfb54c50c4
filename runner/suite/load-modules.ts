/** The modules under test, loaded into a guest that has their files. */

import type { Machine } from '../vm/machine.ts';
import type { Ask } from './at-rest.ts';
import { guestPaths, type Provisions } from './provision.ts';

/** insmod in load order, of those that are not loaded yet; says why when one does not load: such a kernel cannot be tested. */
export async function loadModules(machine: Machine, modules: Provisions['modules'], ask: Ask): Promise<string | undefined> {
	const lines = modules.map(({ name }) => `[ -d /sys/module/${name} ] || insmod ${guestPaths.modules}/${name}.ko || exit 1`);
	const result = await machine.exec({ argv: ['/bin/sh', '-c', lines.join('\n')], ...ask });
	if (result.exitCode === 0) return undefined;
	return `cannot load the modules under test: ${result.stderr.trim() || (result.timedOut ? 'insmod did not end' : `exit ${result.exitCode}`)}`;
}
