/** Stack frames as text. */

import type { Frame, Splat } from '../model/run.ts';

/** `fscache_withdraw_volume+0x8d/0xf0`. */
export function callText(frame: Frame): string {
	const where = frame.offset === undefined ? '' : `+0x${frame.offset.toString(16)}`;
	const size = frame.offset === undefined || frame.size === undefined ? '' : `/0x${frame.size.toString(16)}`;
	return `${frame.function}${where}${size}`;
}

/** `fs/netfs/fscache_volume.c:471`, or nothing before symbolising. */
export function placeText(frame: Frame): string | undefined {
	if (frame.file === undefined) return undefined;
	return frame.line === undefined ? frame.file : `${frame.file}:${frame.line}`;
}

/** One frame on one line: `? function+0x8/0x10 [module] file:line (inlined)`. */
export function frameText(frame: Frame): string {
	return [
		frame.unreliable ? '?' : undefined,
		callText(frame),
		frame.module === undefined ? undefined : `[${frame.module}]`,
		placeText(frame),
		frame.inlined ? '(inlined)' : undefined,
	]
		.filter((part) => part !== undefined)
		.join(' ');
}

// What prints and traps a report stands on top of every stack and tells nothing about the bug:
// "dump_stack_lvl+0x64/0x80", "kasan_report+0xce/0x100", "__asan_load8+0x2e/0x70", "asm_exc_invalid_op+0x16/0x20"
const machinery =
	/^(_*dump_stack|show_stack|print_(report|address|circular|bad|deadlock|usage)|_*k?[acmt]san_|_*ubsan_|_*warn|report_bug|handle_bug|exc_|asm_|_*die|page_fault_oops|check_noncircular|panic|refcount_warn|instrument_|(raw_|arch_)?atomic|_*schedule$)/;

// "KASAN: slab-use-after-free Write in fscache_withdraw_volume", "INFO: task hung in cachefiles_ondemand_send_req"
const guilty = / in (\w+)$/;

/** The first frames of a splat's first stack that are about the bug, at most `most`; unreliable ones only when there are no others. */
export function tellingFrames(splat: Splat, most: number): readonly Frame[] {
	const frames = splat.stacks[0]?.frames ?? [];
	const reliable = frames.filter((frame) => !frame.unreliable);
	const vouched = reliable.length > 0 ? reliable : frames;
	const named = guilty.exec(splat.title)?.[1];
	const accused = vouched.findIndex((frame) => frame.function === named);
	const start = Math.max(0, accused >= 0 ? accused : vouched.findIndex((frame) => !machinery.test(frame.function)));
	return vouched.slice(start, start + most);
}
