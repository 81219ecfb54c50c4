/** /proc/fs/fscache/stats of 6.1 and 6.12 as flat counters, and what moved between two readings. */

// 6.1: "RdHelp : RA=1 RP=0 WB=0 WBZ=0 rr=0 sr=0"; both: "IO     : rd=12 wr=0", "LRU    : n=0 exp=0 rmv=0 drp=0 at=-3"
const statsLine = /^(\w+)\s*: (\w+=.*)$/;

/**
 * `Cookies.n`, `IO.rd`, `LRU.at`, ... by the kernel's own keys. 6.1 prints netfslib's counters on five lines called RdHelp, 6.12 on lines
 * of their own (Reads, Writes, ZeroOps, DownOps, CaRdOps, UpldOps, CaWrOps, Objs, WbLock). Both get a second name that is the same in
 * both, `Netfs.RA`: the keys of those lines are distinct.
 */
export function parseFscacheStats(text: string): Record<string, number> {
	const counters: Record<string, number> = {};
	for (const line of text.split('\n')) {
		const [, group, rest] = statsLine.exec(line.trimEnd()) ?? [];
		if (group === undefined || rest === undefined) continue;
		for (const pair of rest.split(/\s+/)) {
			const [key, value] = pair.split('=');
			const number = Number(value);
			if (!key || value === undefined || value === '' || !Number.isFinite(number)) continue;
			counters[`${group}.${key}`] = number;
			if (netfsGroups.has(group)) counters[`Netfs.${key}`] = number;
		}
	}
	return counters;
}

const netfsGroups = new Set(['RdHelp', 'Reads', 'Writes', 'ZeroOps', 'DownOps', 'CaRdOps', 'UpldOps', 'CaWrOps', 'Objs', 'WbLock']);

/** The counters that differ, as [before, after]; one that is absent on a side counts as 0 there. */
export function diffCounters(
	before: Readonly<Record<string, number>>,
	after: Readonly<Record<string, number>>,
): Record<string, [number, number]> {
	const moved: Record<string, [number, number]> = {};
	for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
		const pair: [number, number] = [before[name] ?? 0, after[name] ?? 0];
		if (pair[0] !== pair[1]) moved[name] = pair;
	}
	return moved;
}
