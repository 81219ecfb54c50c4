/** What a suite.yaml may say; the docstrings here are the reference that suites/README.md points to. */

import { z } from 'zod';
import { parseOrder } from '../fault/daemon-orders.ts';
import { faultsSchema, isHostFault } from '../fault/fault.ts';
import { scheduleSchema, watchdogSeconds } from '../race/schedule.ts';
import { shareKinds } from '../vm/machine-spec.ts';
import { parseClaim } from './evidence.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'names are lower-case letters, digits, dots and dashes');
const relativePath = z.string().refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'a path below the suite');

const disk = z.strictObject({
	/** Like mkfs: 512M, 2G. */
	size: z.string().regex(/^[0-9]+[MG]$/, 'a size such as 512M or 2G'),
	fs: z.enum(['ext4', 'xfs', 'none']).default('ext4'),
	/** Debian packages that are unpacked on it (ext4 only), each named with what it needs. */
	packages: z
		.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a Debian package'))
		.min(1)
		.optional(),
	/** `xfstests`: the user's tree, built, is on it (ext4 only). */
	tree: z.literal('xfstests').optional(),
});

const claim = z.string().superRefine((text, context) => {
	const problem = parseClaim(text);
	if (typeof problem === 'string') context.addIssue({ code: 'custom', message: problem });
});

const order = z.string().superRefine((text, context) => {
	const problem = parseOrder(text);
	if (typeof problem === 'string') context.addIssue({ code: 'custom', message: problem });
});

const testCase = z
	.strictObject({
		summary: z.string().min(1),
		/** A file under cases/ and its arguments, run in the guest; it prints KTAP. */
		run: z.array(z.string()).min(1).optional(),
		/** A TypeScript file under cases/, run on the host, that drives the machine. */
		scenario: relativePath.regex(/\.ts$/, 'a .ts file').optional(),
		/** Who is held where, until what, while the case runs (runner/race/schedule.ts); a schedule that did not happen is never a pass. */
		race: scheduleSchema.optional(),
		/** Seconds under KVM; multiplied by the accelerator's scale. */
		timeout: z.number().positive().max(3600).default(30),
		/** What must have been measured for a pass to count; a case without any is refused. */
		evidence: z.array(claim).min(1, 'a case states its evidence: what must have been seen for a pass to count'),
		/** What the case's first on-demand daemon is to do at which state: `before-fill nth=2 key=tree.erofs kill` (suites/README.md). */
		orders: z.array(order).default([]),
		/** What the case breaks, by name (kinds: runner/fault/); it arms them itself, and one that does not fire is never a pass. */
		faults: faultsSchema.default({}),
		tags: z.array(name).default([]),
		/** `warp`: it mostly waits, and may run in a guest whose time leaps while it idles (under TCG; elsewhere it waits in real time). */
		clock: z.enum(['real', 'warp']).default('real'),
		/** Runs while no other guest does: it measures time, or needs the whole host. */
		alone: z.boolean().default(false),
	})
	.refine((value) => (value.run === undefined) !== (value.scenario === undefined), 'a case has either `run` or `scenario`');

/** Cases that a user's xfstests tree brings, one for each of its tests and each stack: `<stack>.generic-001`. */
const xfstests = z.strictObject({
	/** A file under cases/, run in the guest with the stack and the test as arguments; it prints KTAP. */
	run: relativePath,
	/** Seconds under KVM for each test. */
	timeout: z.number().positive().max(3600),
	evidence: z.array(claim).min(1),
	stacks: z.record(name, z.strictObject({ summary: z.string().min(1), /** Below tests/ of the tree. */ folders: z.array(name).min(1) })),
});

const suiteShape = z.strictObject({
	summary: z.string().min(1),
	tags: z.array(name).default([]),
	needs: z
		.strictObject({
			/** Modules under test, loaded before each case and unloaded after it; `?name` may be absent from a kernel. */
			modules: z.array(z.string().regex(/^\??[a-z0-9_-]+$/i, 'a module name, `?` before it when it is optional')).default([]),
			/** Lines such as CONFIG_NFS_V4_2=y, added to the kernel's fragments. */
			kconfig: z.array(z.string().regex(/^CONFIG_[A-Z0-9_]+=\S+$/i, 'a line such as CONFIG_NFS_V4_2=y')).default([]),
			/** Guest programs, compiled static from C: `[a.c]`, or `{prog: [a.c, b.c]}`. */
			programs: z.union([z.array(relativePath), z.record(name, z.array(relativePath).min(1))]).default([]),
			/** Kernel modules of ours, built against the kernel under test, put into /crucible/modules. */
			kernelModules: z.array(relativePath.regex(/\.c$/, 'a .c file')).default([]),
			disks: z.record(name, disk).default({}),
			/** Host folders exported to the guest; the mount tag is the key. A machine with virtiofs cannot be cloned: its cases boot. */
			shares: z.record(name, z.enum(shareKinds)).default({}),
		})
		.prefault({}),
	image: name.default('base'),
	/** Guest memory, MiB. */
	memory: z.int().min(256).max(65536).default(1536),
	cpus: z.int().min(1).max(16).default(2),
	/** Words added to the kernel's command line. */
	cmdline: z.array(z.string()).default([]),
	/** Groups of trace events (the folders of /sys/kernel/tracing/events) streamed to trace.txt. */
	trace: z.array(z.string().regex(/^[a-z0-9_]+$/i)).default([]),
	cases: z
		.record(name, testCase)
		.refine((cases) => Object.keys(cases).length > 0, 'a suite has at least one case')
		.optional(),
	/** In place of `cases`; without `--xfstests DIR` there is no such suite. */
	xfstests: xfstests.optional(),
});

export const suiteSchema = suiteShape.superRefine(({ cases, xfstests, cmdline, cpus, needs }, context) => {
	if ((cases === undefined) === (xfstests === undefined))
		context.addIssue({ code: 'custom', message: 'a suite has either `cases` or `xfstests`', path: [] });
	for (const [diskName, { fs, packages, tree }] of Object.entries(needs.disks))
		if ((packages ?? tree) !== undefined && (fs !== 'ext4' || (packages && tree)))
			context.addIssue({ code: 'custom', message: 'one thing can be put on a disk, and on ext4', path: ['needs', 'disks', diskName] });
	const mostSeconds = watchdogSeconds(cmdline);
	for (const [caseName, { race, faults, scenario, clock }] of Object.entries(cases ?? {})) {
		for (const [faultName, fault] of Object.entries(faults)) {
			const at = ['cases', caseName, 'faults', faultName];
			if ('disk' in fault && !Object.hasOwn(needs.disks, fault.disk))
				context.addIssue({ code: 'custom', message: `the suite has no disk "${fault.disk}"`, path: [...at, 'disk'] });
			if ('share' in fault && needs.shares[fault.share] !== '9p')
				context.addIssue({ code: 'custom', message: `the suite has no 9p share "${fault.share}"`, path: [...at, 'share'] });
			if (isHostFault(fault) && scenario === undefined)
				context.addIssue({ code: 'custom', message: `${fault.kind} is made by QEMU: only a scenario can arm it`, path: [...at, 'kind'] });
		}
		const path = ['cases', caseName, 'race'];
		if (race && clock === 'warp')
			context.addIssue({ code: 'custom', message: 'a guest whose clock leaps has one CPU, and a race needs two', path });
		for (const [actor, { cpu }] of Object.entries(race?.actors ?? {}))
			if (cpu !== undefined && cpu >= cpus)
				context.addIssue({ code: 'custom', message: `CPU ${cpu} of ${cpus}: the first is 0`, path: [...path, 'actors', actor, 'cpu'] });
		for (const seconds of [race?.deadline, ...(race?.play ?? []).map(({ deadline }) => deadline)])
			if (seconds !== undefined && seconds >= mostSeconds)
				context.addIssue({
					code: 'custom',
					message: `a hold of ${seconds} s wakes the guest's watchdogs, which wait ${mostSeconds} s: raise watchdog_thresh and rcupdate.rcu_cpu_stall_timeout in \`cmdline\``,
					path,
				});
	}
});

export type SuiteFile = z.output<typeof suiteSchema>;
export type CaseFile = z.output<typeof testCase>;
export type XfstestsFile = z.output<typeof xfstests>;
