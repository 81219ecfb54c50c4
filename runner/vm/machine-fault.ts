/** What a machine may fail with while it is used, whoever's fault it is: another one may do better. */

import { DeadlineError } from '../util/deadline.ts';
import { InfraError } from '../util/errors.ts';
import { GuestError } from './agent.ts';
import { GuestEnded } from './machine-exit.ts';

export function isMachineFault(error: unknown): error is InfraError | DeadlineError | GuestError | GuestEnded {
	return [InfraError, DeadlineError, GuestError, GuestEnded].some((kind) => error instanceof kind);
}
