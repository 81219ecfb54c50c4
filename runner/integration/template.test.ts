import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { exec } from '../util/exec.ts';
import { exists } from '../util/files.ts';
import { hashFile } from '../util/hash.ts';
import { guestEnv as env, Machine } from '../vm/machine.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { openTemplate, type Template, type TemplateOptions } from '../vm/template.ts';
import { ramDir, templatePaths, templatesDir } from '../vm/template-place.ts';
import { testKernel } from './test-kernel.ts';

/** One template serves most tests: a boot under TCG takes its time. */
const test = anyTest.serial as TestFn<{ dir: string }>;

let cacheDir = '';
let hashes: { kernelHash: string; initrdHash: string };
let files: { kernel: string; initrd: string; modules: readonly { name: string; path: string }[] };

test.before(async () => {
	files = await testKernel();
	hashes = { kernelHash: await hashFile(files.kernel), initrdHash: await hashFile(files.initrd) };
	cacheDir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
});

test.after.always(async () => {
	for (const path of [...templatePaths(cacheDir), cacheDir]) await rm(path, { recursive: true, force: true });
});

test.beforeEach(async (t) => {
	t.timeout(300_000);
	t.context.dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
});

test.afterEach.always((t) => rm(t.context.dir, { recursive: true, force: true }));

/** A machine of its own below `dir`: its disk is fresh, its share holds its name. */
async function furnished(dir: string, name: string): Promise<MachineSpec> {
	const disk = join(dir, `${name}.qcow2`);
	const share = join(dir, name);
	await exec('mkdir', ['-p', share]);
	await exec('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '64M']);
	await writeFile(join(share, 'name'), name);
	return {
		kernel: files.kernel,
		initrd: files.initrd,
		cpus: 2,
		memoryMiB: 768,
		accel: 'tcg',
		disks: [{ name: 'cache', path: disk, format: 'qcow2' }],
		shares: [{ tag: 'export', path: share }],
	};
}

async function openClonable(spec: MachineSpec, changed: Partial<TemplateOptions> = {}): Promise<Template> {
	const opened = await openTemplate(spec, { cacheDir, ...hashes, timeoutScale: 4, ...changed });
	if (opened.way === 'cold') throw new Error(opened.why);
	return opened.template;
}

const clone = (spec: MachineSpec, template: Template, dir: string) => Machine.start(spec, { dir, timeoutScale: 4, template });

async function sh(machine: Machine, script: string): Promise<string> {
	const { stdout, stderr, exitCode } = await machine.exec({ argv: ['/bin/sh', '-c', script], env, timeoutMs: 60_000 });
	if (exitCode !== 0) throw new Error(`${script} exited with ${exitCode}: ${stderr}`);
	return stdout;
}

const isolation = 'ls /tmp; cat /proc/sys/vm/swappiness; cut -d " " -f 1 /proc/modules; od -A n -t x1 -N 16 /dev/vda';
const comparable =
	'uname -srvm; cat /proc/cmdline /proc/mounts; grep -c . /proc/cpuinfo; ls /sys/bus/virtio/devices /dev; id; env | sort; ls -R /etc';

test('a clone is pristine whatever the one before it left, has its own disk, share, clock, name and random numbers, and a quiet console', async (t) => {
	const { dir } = t.context;
	const first = await furnished(dir, 'first');
	await using template = await openClonable(first);
	t.is(template.builtBecause, 'there was none');
	t.regex(await readFile(template.consoleLog, 'utf8'), /Linux version .*the template is ready/s);
	const module = files.modules.find(({ name }) => name === 'netfs');
	const pid = await (async () => {
		await using machine = await clone(first, template, join(dir, 'one'));
		await machine.agent.push('/tmp/netfs.ko', { file: module?.path ?? '' });
		await sh(machine, 'echo 7 >/proc/sys/vm/swappiness; insmod /tmp/netfs.ko; echo mine >/dev/vda; sync');
		t.regex(await sh(machine, isolation), /^netfs.ko\n7\nnetfs\n 6d 69 6e 65 0a 00/);
		return machine.pid;
	})();
	t.false(await exists(`/proc/${pid}`));

	const second = await furnished(dir, 'second');
	const third = await furnished(dir, 'third');
	const reopened = performance.now();
	await using again = await openClonable(second);
	t.log(`opened again in ${((performance.now() - reopened) / 1_000).toFixed(2)} s`);
	t.is(again.builtBecause, undefined);
	const began = performance.now();
	await using two = await clone(second, again, join(dir, 'two'));
	await sh(two, 'true');
	const cloneMs = performance.now() - began;
	await using three = await clone(third, template, join(dir, 'three'));
	t.log(`boot: ${(template.bootMs / 1_000).toFixed(2)} s, clone to first command: ${(cloneMs / 1_000).toFixed(2)} s`);
	t.is(await sh(two, isolation), '60\n 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n');

	for (const [machine, name] of [
		[two, 'second'],
		[three, 'third'],
	] as const) {
		for (const wanted of ['netfs', '9pnet', '9pnet_virtio', '9p']) {
			const found = files.modules.find((candidate) => candidate.name === wanted);
			await machine.agent.push(`/tmp/${wanted}.ko`, { file: found?.path ?? '' });
			await sh(machine, `insmod /tmp/${wanted}.ko`);
		}
		t.is(await sh(machine, 'mount -t 9p -o trans=virtio export /mnt && cat /mnt/name'), name);
		t.true(Math.abs(Number(await sh(machine, 'date +%s')) - Date.now() / 1_000) < 5);
		await sh(machine, `echo ${name} >/dev/vda; sync`);
	}
	const [twoRandom, threeRandom] = await Promise.all(
		[two, three].map((machine) => sh(machine, 'head -c 64 /dev/urandom | md5sum; cat /proc/sys/kernel/random/uuid')),
	);
	t.not(twoRandom, threeRandom);
	const names = await Promise.all([two, three].map((machine) => sh(machine, 'uname -n')));
	for (const name of names) t.regex(name, /^crucible-[0-9a-f]{8}\n$/);
	t.not(names[0], names[1]);
	t.is(await sh(two, 'head -c 6 /dev/vda'), 'second');
	await two.mark('end');
	t.notRegex(await readFile(join(dir, 'two/console.log'), 'utf8'), /Linux version|the template is ready/);
});

test('a clone and a cold boot give the same output', async (t) => {
	const { dir } = t.context;
	const spec = await furnished(dir, 'same');
	await using template = await openClonable(spec);
	await using cloned = await clone(spec, template, join(dir, 'clone'));
	const fromClone = await sh(cloned, comparable);
	await cloned[Symbol.asyncDispose]();
	await using booted = await Machine.start(spec, { dir: join(dir, 'cold'), timeoutScale: 4 });
	t.is(fromClone, await sh(booted, comparable));
});

test('a template that is truncated, changed, foreign or gone is made again and says why', async (t) => {
	const { dir } = t.context;
	const spec = await furnished(dir, 'flaws');
	let template = await openClonable(spec);
	await template[Symbol.asyncDispose]();
	const folder = join(templatesDir(cacheDir), template.key);
	const manifest = join(folder, 'manifest.json');
	const damage = [
		{
			act: async () => {
				const { size } = await stat(template.state);
				await truncate(template.state, size - 1_000);
				return new RegExp(`^its state has ${size - 1_000} bytes instead of ${size}$`);
			},
		},
		{
			act: async () => {
				await writeFile(
					manifest,
					(await readFile(manifest, 'utf8')).replace(/QEMU emulator version [\d.]+/, 'QEMU emulator version 1.2.3'),
				);
				return /^it was saved by QEMU emulator version 1\.2\.3/;
			},
		},
		{
			act: async () => {
				await rm(template.ram);
				return /^its RAM is gone$/;
			},
		},
	];
	for (const { act } of damage) {
		const why = await act();
		const before = template.ram;
		template = await openClonable(spec);
		t.regex(template.builtBecause ?? '', why);
		t.false(await exists(before));
		await template[Symbol.asyncDispose]();
	}
	const before = await everything();
	await using machine = await clone(spec, template, join(dir, 'clone'));
	await sh(machine, 'true');
	await machine[Symbol.asyncDispose]();
	t.deepEqual(await everything(), before);
	t.deepEqual(
		(await readdir(templatesDir(cacheDir))).filter((name) => name.startsWith('.aside')),
		[],
	);
});

test('another kernel is another template; two that want the same one make it once; the one used longest ago goes unless it is in use', async (t) => {
	const { dir } = t.context;
	const specs = await Promise.all(['a', 'b'].map((name) => furnished(dir, name)));
	const kernelHash = '0'.repeat(64);
	const both = await Promise.all(specs.map((spec) => openClonable(spec, { kernelHash })));
	t.deepEqual(both.map(({ builtBecause }) => builtBecause).sort(), ['there was none', undefined]);
	t.is(both[0]?.key, both[1]?.key);
	const [spec] = specs;
	if (!spec) return t.fail();
	for (const isUsed of [true, false]) {
		const other = await openClonable(spec, { limits: { most: 1, mostBytes: 1024 ** 4 } });
		await other[Symbol.asyncDispose]();
		t.is(await exists(both[0]?.ram ?? ''), isUsed);
		t.is(await exists(join(templatesDir(cacheDir), both[0]?.key ?? '')), isUsed);
		for (const template of both) await template[Symbol.asyncDispose]();
	}
});

test('a machine that cannot be saved is booted, with the reason, which is remembered', async (t) => {
	const { dir } = t.context;
	// QEMU's own word for a device whose state it cannot save.
	const spec = { ...(await furnished(dir, 'unsaveable')), extraArgs: ['-device', 'nvme,serial=none'] };
	const why = { way: 'cold', why: /^the machine cannot be saved: QEMU refused migrate: / } as const;
	for (const progress of [1, 0]) {
		const said: string[] = [];
		const opened = await openTemplate(spec, { cacheDir, ...hashes, timeoutScale: 4, onProgress: (detail) => said.push(detail) });
		t.is(opened.way, 'cold');
		if (opened.way === 'cold') t.regex(opened.why, why.why);
		t.is(said.length, progress);
	}
});

test('nothing stays of a template that was interrupted while it booted', async (t) => {
	const { dir } = t.context;
	const spec = { ...(await furnished(dir, 'stopped')), memoryMiB: 640 };
	const before = await everything();
	const stop = new AbortController();
	const onConsole = () => stop.abort(new Error('enough'));
	const opening = openTemplate(spec, { cacheDir, ...hashes, signal: stop.signal, timeoutScale: 4, onConsole });
	await t.throwsAsync(opening, { message: 'enough' });
	t.deepEqual(await everything(), before);
});

test('what killed builders left goes with the next use of any template; RAM may be in the cache', async (t) => {
	const { dir } = t.context;
	const spec = { ...(await furnished(dir, 'left')), memoryMiB: 512 };
	await using template = await openClonable(spec, { ramInMemory: false });
	t.is(template.ram, join(templatesDir(cacheDir), template.key, 'ram'));
	const before = await everything();
	for (const key of [template.key, '0123456789abcdef'])
		for (const path of [join(templatesDir(cacheDir), `.aside-${key}-00000000/state`), join(ramDir(cacheDir), `${key}-00000000.ram`)]) {
			await mkdir(dirname(path), { recursive: true });
			await writeFile(path, 'half');
		}
	await using again = await openClonable(spec);
	t.is(again.builtBecause, undefined);
	t.deepEqual(await everything(), before);
	await using machine = await clone(spec, again, join(dir, 'clone'));
	t.is(await sh(machine, 'echo here'), 'here\n');
});

/** Names of all that templates and machines keep outside their own folders. */
async function everything(): Promise<string[]> {
	const listed = await Promise.all([...templatePaths(cacheDir), tmpdir()].map((path) => readdir(path).catch(() => [])));
	return listed.flat().filter((name) => /\.ram$|^\.aside|^[0-9a-f]{16}$/.test(name) || name.startsWith(`crucible-${process.pid}-`));
}
