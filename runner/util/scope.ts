/** A stack of clean-ups that run in reverse order when the scope ends, whatever ended it. */

import { messageOf } from './errors.ts';

type CleanUp = () => void | Promise<void>;

export class Scope implements AsyncDisposable {
	readonly #cleanUps: CleanUp[] = [];

	/** Runs `cleanUp` when the scope ends. */
	defer(cleanUp: CleanUp): void {
		this.#cleanUps.push(cleanUp);
	}

	/** Disposes `resource` when the scope ends; returns it. */
	use<T extends AsyncDisposable | Disposable>(resource: T): T {
		this.defer(() => (Symbol.asyncDispose in resource ? (resource[Symbol.asyncDispose]() as Promise<void>) : resource[Symbol.dispose]()));
		return resource;
	}

	/** Runs every clean-up even when some throw; then throws what was thrown. */
	async [Symbol.asyncDispose](): Promise<void> {
		const errors: unknown[] = [];
		for (let cleanUp = this.#cleanUps.pop(); cleanUp; cleanUp = this.#cleanUps.pop()) {
			try {
				await cleanUp();
			} catch (error) {
				errors.push(error);
			}
		}
		if (errors.length === 1) throw errors[0];
		if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join('; '));
	}
}
