/** The calls that a function makes, for a hold that is moved over all of them. */

import type { KernelObjects } from '../parse/symbolize.ts';
import { UserError } from '../util/errors.ts';
import { exec } from '../util/exec.ts';

/** A call instruction. */
export interface Call {
	/** As a point names it: `cachefiles:cachefiles_withdraw_cache+0x1c`. */
	readonly place: string;
	/** What is called; `*` through a pointer. */
	readonly callee: string;
}

export interface CallOptions {
	/** Also each access of memory that KASAN checks: the finest sweep there is. Their callees are `__asan_load8_noabort` and the like, or `shadow`. */
	readonly accesses?: boolean;
	readonly signal?: AbortSignal;
}

/** What KASAN calls before a load or a store (CONFIG_KASAN_OUTLINE), or that it looks at the shadow byte itself (CONFIG_KASAN_INLINE). */
export const memoryAccess = /^(?:__asan_(?:load|store)|shadow$)/;

/** What only the tools around the code call, and every function does. */
const uninteresting = /^(?:__fentry__|__asan_(?!load|store)|__kasan_|__ubsan_|__sanitizer_|__tsan_|__cond_resched|__stack_chk|__SCT__)/;

/** Reads them off the object that has the function. `name` may have a module before it: `erofs:erofs_kill_sb`. Throws a UserError when none has it. */
export async function listCalls(name: string, objects: KernelObjects, { accesses = false, signal }: CallOptions = {}): Promise<Call[]> {
	const [module, only = module ?? name] = name.includes(':') ? name.split(':') : [undefined, name];
	const places = [...objects.modules].map(([moduleName, path]) => ({ module: moduleName, path }));
	const inVmlinux = objects.vmlinux === undefined ? [] : [{ module: 'vmlinux', path: objects.vmlinux }];
	for (const place of [...places, ...inVmlinux]) {
		if (module !== undefined && place.module !== module) continue;
		const args = ['--reloc', '--no-show-raw-insn', `--disassemble=${only}`, place.path];
		const { stdout } = await exec('objdump', args, { signal, env: { LC_ALL: 'C' } });
		const calls = parseCalls(stdout, only)?.filter(({ callee }) => accesses || !memoryAccess.test(callee));
		if (calls) return calls.map(({ offset, callee }) => ({ place: `${place.module}:${only}+0x${offset.toString(16)}`, callee }));
	}
	throw new UserError(`no object has a function ${name}`, { hint: 'the compiler may have put it into its callers' });
}

/** Of `objdump -dr`, memory accesses among them; undefined when the function is not in it. */
export function parseCalls(output: string, name: string): { offset: number; callee: string }[] | undefined {
	let base: bigint | undefined;
	const calls: { offset: number; callee: string }[] = [];
	for (const line of output.split('\n')) {
		// "0000000000010a90 <cachefiles_withdraw_cache>:"
		const [, address, symbol] = /^([0-9a-f]+) <([^>]+)>:$/.exec(line) ?? [];
		if (address !== undefined) base = symbol === name ? BigInt(`0x${address}`) : undefined;
		if (base === undefined) continue;
		// "   10a9d:	call   10aa2 <cachefiles_withdraw_cache+0x12>", in vmlinux "call   ffffffff81000010 <foo>", "call   *0x18(%rax)"
		const [, at, target = ''] = /^\s*([0-9a-f]+):\s+call\s+(\S+(?: <[^>]+>)?)/.exec(line) ?? [];
		if (at !== undefined) {
			const [, callee = '*'] = /<([^>+]+)(?:\+[^>]*)?>/.exec(target) ?? [];
			calls.push({ offset: Number(BigInt(`0x${at}`) - base), callee });
		}
		// "   29816:	movzbl (%rdx,%rax,1),%edx", "cmpb   $0x0,(%rdx,%rax,1)": one register of the two is the shadow's offset
		const [, looks] = /^\s*([0-9a-f]+):\s+(?:movz[bw]l\s+|cmp[bw]\s+\$0x0,)\(%r\w+,%r\w+,1\)/.exec(line) ?? [];
		if (looks !== undefined) calls.push({ offset: Number(BigInt(`0x${looks}`) - base), callee: 'shadow' });
		// "			10a9e: R_X86_64_PLT32	fscache_withdraw_cache-0x4", of the call before it
		const [, relocated] = /: R_X86_64_PLT32\t([\w.]+)-0x4$/.exec(line) ?? [];
		const last = calls.at(-1);
		if (relocated !== undefined && last) calls[calls.length - 1] = { ...last, callee: relocated };
	}
	if (base === undefined && calls.length === 0) return undefined;
	return calls.filter(({ callee }) => !uninteresting.test(callee));
}
