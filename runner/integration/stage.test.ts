/** Templates with something brought into them, and what is left of a builder that is killed. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { checkout } from '../config/paths.ts';
import { poll } from '../util/deadline.ts';
import { exists } from '../util/files.ts';
import { hashFile } from '../util/hash.ts';
import { guestEnv as env, Machine } from '../vm/machine.ts';
import type { MachineSpec } from '../vm/machine-spec.ts';
import { openTemplate, type Template, type TemplateOptions } from '../vm/template.ts';
import { ramDir, templatePaths, templatesDir } from '../vm/template-place.ts';
import { testKernel } from './test-kernel.ts';

let cacheDir = '';
let dir = '';
let spec: MachineSpec;
let options: TemplateOptions;

test.before(async () => {
	const { kernel, initrd } = await testKernel();
	cacheDir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	dir = await mkdtemp(join(tmpdir(), 'crucible-test-'));
	spec = { kernel, initrd, cpus: 2, memoryMiB: 512, accel: 'tcg' };
	options = { cacheDir, kernelHash: await hashFile(kernel), initrdHash: await hashFile(initrd), timeoutScale: 4 };
});

test.after.always(async () => {
	for (const path of [...templatePaths(cacheDir), cacheDir, dir]) await rm(path, { recursive: true, force: true });
});

async function open(changed: Partial<TemplateOptions> = {}): Promise<Template> {
	const opened = await openTemplate(spec, { ...options, ...changed });
	if (opened.way === 'cold') throw new Error(opened.why);
	return opened.template;
}

async function sh(machine: Machine, script: string): Promise<string> {
	return (await machine.exec({ argv: ['/bin/sh', '-c', script], env, timeoutMs: 60_000 })).stdout;
}

test.serial('a stage holds what was brought into it, its base does not, and other content is another stage', async (t) => {
	await using base = await open();
	let prepared = 0;
	const stageOf = (contentHash: string) => ({
		base,
		contentHash,
		async prepare(machine: Machine) {
			prepared++;
			await sh(machine, `echo ${contentHash} >/run/brought; echo "<1>brought ${contentHash}" >/dev/kmsg`);
		},
	});
	t.like(await openTemplate(spec, { ...options, stage: stageOf('one'), onlyKnown: true }), { way: 'cold', why: 'there was none' });
	t.is(prepared, 0);
	await using one = await open({ stage: stageOf('one') });
	await using two = await open({ stage: stageOf('two') });
	await using again = await open({ stage: stageOf('one'), onlyKnown: true });
	t.is(prepared, 2);
	t.deepEqual([one.builtBecause, two.builtBecause, again.builtBecause], ['there was none', 'there was none', undefined]);
	t.is(again.key, one.key);
	t.regex(await readFile(one.consoleLog, 'utf8'), /brought one/);
	for (const [template, found] of [
		[base, ''],
		[one, 'one\n'],
		[two, 'two\n'],
	] as const) {
		await using machine = await Machine.start(spec, { dir: join(dir, template.key), timeoutScale: 4, template });
		t.is(await sh(machine, 'cat /run/brought; echo later >/run/brought'), found);
	}
});

test.serial('a stage that cannot be prepared leaves nothing', async (t) => {
	await using base = await open();
	const before = await readdir(ramDir(cacheDir));
	const stage = { base, contentHash: 'broken', prepare: () => Promise.reject(new Error('insmod says no')) };
	await t.throwsAsync(open({ stage }), { message: 'insmod says no' });
	t.deepEqual(await readdir(ramDir(cacheDir)), before);
	t.false((await readdir(templatesDir(cacheDir))).some((name) => name.startsWith('.aside')));
});

test.serial('SIGKILL of a builder takes its QEMU, its RAM file and its folder with it, and the next one begins anew', async (t) => {
	const killed: MachineSpec = { ...spec, memoryMiB: 544 };
	const module = pathToFileURL(join(checkout.top, 'dist/runner/vm/template.js')).href;
	const script = `
		const { openTemplate } = await import(${JSON.stringify(module)});
		const onConsole = () => console.log('boots');
		await openTemplate(${JSON.stringify(killed)}, { ...${JSON.stringify(options)}, onConsole });`;
	const kept = async () => [...(await readdir(ramDir(cacheDir))), ...(await readdir(templatesDir(cacheDir)))].sort();
	const before = await kept();
	const builder = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false });
	await new Promise((resolve) => builder.stdout.once('data', resolve));
	t.is((await kept()).length, before.length + 2);
	builder.kill('SIGKILL');
	await builder;
	const isQemuGone = async () => {
		const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
		const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
		return !lines.some((line) => line.startsWith('qemu-system') && line.includes(ramDir(cacheDir)));
	};
	await poll(isQemuGone, { ms: 20_000, what: 'the end of the killed builder’s QEMU' });
	await poll(async () => (await kept()).length === before.length, { ms: 20_000, what: 'its files to be gone' });
	t.deepEqual(await kept(), before);
	const opened = await openTemplate(killed, options);
	if (opened.way === 'cold') return t.fail(opened.why);
	await using template = opened.template;
	t.is(template.builtBecause, 'there was none');
	t.true(await exists(template.ram));
});
