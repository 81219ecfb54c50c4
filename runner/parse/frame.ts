/** One line of a kernel stack trace. */

import type { Frame } from '../model/run.ts';

// " fscache_unhash_cookie+0x9e/0x160 [fscache]", " ? foo.cold+0x7f/0x11b", "[<ffffffff81234567>] foo+0x1/0x2 [nfs 0a1b2c]"
// syzbot adds where: " foo+0x9e/0x160 fs/fscache/cookie.c:123"
const symbolic =
	/^\s*(?:\[<[^>\s]*>\] )?(\? )?([A-Za-z_.$][\w.$]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)(?: \[([\w-]+)(?: [0-9a-f]{8,40})?\])?(?: (?:\.\/)?([\w./+-]+\.[chSs]):(\d+))?(?:\s|$)/;
// scripts/decode_stacktrace.sh prints " foo (fs/fscache/cookie.c:123 (discriminator 1)) fscache"; syzbot " foo fs/fscache/cookie.c:123 [inline]"
const decoded =
	/^\s*(\? )?([A-Za-z_.$][\w.$]*) (?:\((?:\.\/)?([\w./+-]+\.[chSs]):(\d+)[^()]*(?:\([^()]*\))?[^()]*\)(?: ([\w-]+))?|(?:\.\/)?([\w./+-]+\.[chSs]):(\d+) (\[inline\]))\s*$/;
// " 0xffffffffc0123456", " ? 0xffffffffc0123456": code without a symbol (a module that is gone)
const bare = /^\s+(\? )?(0x[0-9a-f]{8,16})\s*$/;
// "RIP: 0010:fscache_unhash_cookie+0x9e/0x160 [fscache]"; "0033:" is user space
const register = /^\s*RIP: 00(?!33)[0-9a-f]{2}:(?:\[<[^>]*>\] )?(.+)$/;

/** Reads a frame; undefined when the line is none. A `RIP:` line of kernel code gives a frame marked `exact`. */
export function parseFrame(line: string): Frame | undefined {
	const rip = register.exec(line);
	if (rip?.[1] !== undefined) {
		const frame = parseFrame(rip[1]) ?? parseFrame(` ${rip[1]}`);
		return frame && { ...frame, exact: true };
	}
	const named = symbolic.exec(line);
	if (named) {
		const [, question, name = '', offset = '', size = '', module, file, at] = named;
		return {
			function: name,
			offset: Number.parseInt(offset, 16),
			size: Number.parseInt(size, 16),
			...(module !== undefined && { module }),
			...(file !== undefined && { file, line: Number(at) }),
			...(question !== undefined && { unreliable: true }),
		};
	}
	const placed = decoded.exec(line);
	if (placed) {
		const [, question, name = '', file = placed[6], at = placed[7], module, , , inline] = placed;
		return {
			function: name,
			...(module !== undefined && { module }),
			...(file !== undefined && { file, line: Number(at) }),
			...(inline !== undefined && { inlined: true }),
			...(question !== undefined && { unreliable: true }),
		};
	}
	const address = bare.exec(line);
	if (address) return { function: address[2] ?? '', ...(address[1] !== undefined && { unreliable: true }) };
	return undefined;
}

// "foo.constprop.0", "foo.isra.0.cold", "foo.part.0", "foo.llvm.123"
const suffixes = /(?:\.(?:constprop|cold|isra|part|llvm|lto_priv)(?:\.\d+)*)+$/;

/** The name as the source has it, without what the compiler added. */
export function sourceName(name: string): string {
	return name.replace(suffixes, '');
}
