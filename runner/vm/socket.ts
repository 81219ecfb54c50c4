/** Connects to a unix socket that another process is about to make. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { poll } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';

export interface ConnectOptions {
	readonly ms: number;
	readonly signal?: AbortSignal | undefined;
	/** Its maker: when it ends first, an InfraError. */
	readonly orUntil?: Promise<unknown>;
}

/** Tries until the socket is there; a DeadlineError that names it after `ms`. */
export async function connectSocket(path: string, options: ConnectOptions): Promise<Socket> {
	let isOver = false;
	void options.orUntil?.then(() => {
		isOver = true;
	});
	const attempt = async () => {
		if (isOver) throw new InfraError(`nobody is there to make the socket ${path}`);
		const socket = connect(path);
		return once(socket, 'connect').then(
			() => socket,
			() => undefined,
		);
	};
	return poll(attempt, { what: `the socket ${path}`, everyMs: 5, ms: options.ms, ...(options.signal && { signal: options.signal }) });
}
