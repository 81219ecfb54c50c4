/** Every allocation of a 9p mount with a cache fails once. */

import { sweepOf } from './nth.ts';

export default sweepOf('mount');
