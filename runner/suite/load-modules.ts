/** The modules under test, loaded into a guest that has their files. */

import type { Machine } from '../vm/machine.ts';
import type { Ask } from './at-rest.ts';
import { guestPaths, type Provisions } from './provision.ts';

/** insmod in load order, of those that are not loaded yet; says why when one does not load: such a kernel cannot be tested. */
export async function loadModules(machine: Machine, modules: Provisions['modules'], ask: Ask): Promise<string | undefined> {
	const lines = modules.map(({ name }) => `[ -d /sys/module/${name} ] || module_load ${guestPaths.modules}/${name}.ko || exit 1`);
	const script = [`. ${guestPaths.lib}/module.sh`, ...lines].join('\n');
	const result = await machine.exec({ argv: ['/bin/sh', '-c', script], ...ask });
	if (result.exitCode === 0) return undefined;
	return `cannot load the modules under test: ${result.stderr.trim() || (result.timedOut ? 'insmod did not end' : `exit ${result.exitCode}`)}`;
}
