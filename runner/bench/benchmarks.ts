/** The seven, in the order in which they run: the cheap ones first. */

import type { Benchmark } from './benchmark.ts';
import { boot } from './boot.ts';
import { clone } from './clone.ts';
import { edit } from './edit.ts';
import { jobs } from './jobs.ts';
import { parser } from './parser.ts';
import { smoke } from './smoke.ts';
import { warp } from './warp.ts';

export const benchmarks: readonly Benchmark[] = [parser, clone, boot, warp, edit, smoke, jobs];
