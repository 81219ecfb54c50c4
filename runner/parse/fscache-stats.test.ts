import test from 'ava';
import { diffCounters, parseFscacheStats } from './fscache-stats.ts';

// In the formats of fs/fscache/stats.c and fs/netfs/stats.c of 6.1.
const old = `FS-Cache statistics
Cookies: n=3 v=1 vcol=0 voom=0
Acquire: n=3 ok=3 oom=0
LRU    : n=1 exp=0 rmv=0 drp=0 at=-12
Invals : n=0
Updates: n=0 rsz=0 rsn=0
Relinqs: n=0 rtr=0 drop=0
NoSpace: nwr=0 ncr=0 cull=0
IO     : rd=0 wr=16
RdHelp : RA=4 RP=0 WB=0 WBZ=0 rr=0 sr=0
RdHelp : ZR=0 sh=0 sk=0
RdHelp : DL=16 ds=16 df=0 di=0
RdHelp : RD=0 rs=0 rf=0
RdHelp : WR=16 ws=16 wf=0
`;
// In the formats of fs/netfs/stats.c and fs/netfs/fscache_stats.c of 6.12.
const current = `Reads  : DR=0 RA=4 RF=1 WB=0 WBZ=0
Writes : BW=0 WT=0 DW=0 WP=0 2C=16
ZeroOps: ZR=0 sh=0 sk=0
DownOps: DL=16 ds=16 df=0 di=0
CaRdOps: RD=8 rs=8 rf=0
UpldOps: UL=0 us=0 uf=0
CaWrOps: WR=16 ws=16 wf=0
Objs   : rr=0 sr=0 foq=0 wsc=0
WbLock : skip=0 wait=0
-- FS-Cache statistics --
Cookies: n=3 v=1 vcol=0 voom=0
IO     : rd=8 wr=16 mis=0
`;

test('both kernels give the same names for the same counters', (t) => {
	const [a, b] = [parseFscacheStats(old), parseFscacheStats(current)];
	for (const name of ['Cookies.n', 'Cookies.v', 'IO.wr', 'Netfs.RA', 'Netfs.DL', 'Netfs.WR', 'Netfs.rr']) t.is(a[name], b[name], name);
	t.is(a['LRU.at'], -12);
	t.is(b['IO.rd'], 8);
	t.is(b['CaRdOps.RD'], 8);
	t.is(b['Writes.2C'], 16);
});

test('only counters that moved are in the difference', (t) => {
	t.deepEqual(diffCounters({ a: 1, b: 2, gone: 3 }, { a: 1, b: 5, fresh: 4 }), { b: [2, 5], fresh: [0, 4], gone: [3, 0] });
});

test('garbage gives nothing', (t) => {
	t.deepEqual(parseFscacheStats('cat: /proc/fs/fscache/stats: No such file\nIO : rd=x =3 wr\n'), {});
});
