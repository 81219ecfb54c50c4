/** One kind of fault: what suite.yaml and scenarios may say of it. */

import { z } from 'zod';

/** The schema of a kind; `fires` is how often it must have fired for a pass to count. */
export function kindOf<K extends string, S extends z.ZodRawShape>(kind: K, shape: S) {
	return z.strictObject({ kind: z.literal(kind), fires: z.int().min(1).default(1), ...shape });
}
