/** The least that a clone can take: QEMU is started and loads the state, and the guest answers with a byte. */

import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withDeadline } from '../util/deadline.ts';
import { Scope } from '../util/scope.ts';
import { encodeFrame, request } from '../vm/frames.ts';
import { writeKernelStub } from '../vm/kernel-stub.ts';
import { startQemu } from '../vm/launch.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { qemuArgs, socketPaths } from '../vm/qemu-args.ts';
import { followQemu } from '../vm/qemu-process.ts';
import { Qmp } from '../vm/qmp.ts';
import { restoreSnapshot, type Snapshot } from '../vm/snapshot.ts';
import { connectSocket } from '../vm/socket.ts';

// A restore takes a tenth of a second; a host that needs this long measures nothing.
const mostMs = 60_000;

/** Seconds from QEMU's start to the first byte of the agent's answer, which it gives without starting anything. */
export async function restoreBare(
	spec: MachineSpec,
	template: Snapshot,
	{ dir, signal }: { readonly dir: string; readonly signal: AbortSignal },
): Promise<number> {
	const sockets = join(dir, 'floor');
	await mkdir(sockets);
	await using scope = new Scope();
	scope.defer(() => rm(sockets, { recursive: true }));
	const began = performance.now();
	const stub = join(sockets, 'kernel');
	await writeKernelStub(spec.kernel, stub);
	const args = qemuArgs({ ...spec, kernel: stub, initrd: stub }, { sockets, ram: { path: template.ram, isShared: false } });
	const qemu = followQemu(startQemu(['-S', ...args, '-incoming', 'defer']));
	scope.defer(() => qemu.kill());
	const open = async (path: string) => {
		const socket = await connectSocket(path, { ms: mostMs, signal, orUntil: qemu.ended });
		scope.defer(() => void socket.destroy());
		return socket;
	};
	const paths = socketPaths(sockets);
	const qmp = await Qmp.connect(await open(paths.qmp), signal);
	scope.defer(() => qmp[Symbol.dispose]());
	const agent = await open(paths.ports['crucible.agent']);
	await restoreSnapshot(qmp, template, signal);
	const answer = once(agent, 'data');
	answer.catch(() => {});
	agent.write(encodeFrame(request.start, 0));
	await qmp.execute('cont', {}, { signal });
	await withDeadline(answer, mostMs, 'a byte of the restored guest', signal);
	return (performance.now() - began) / 1000;
}
