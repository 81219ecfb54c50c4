/** Every allocation of the open and read of a cached file fails once. */

import { sweepOf } from './nth.ts';

export default sweepOf('read');
