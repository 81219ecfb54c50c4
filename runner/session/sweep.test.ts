import test from 'ava';
import { checkout } from '../config/paths.ts';
import type { CaseResult, JobResult, Status } from '../model/run.ts';
import { parseSweep } from '../race/sweep.ts';
import { loadSuites, type Suite } from '../suite/load.ts';
import { selectCases } from '../suite/select.ts';
import { UserError } from '../util/errors.ts';
import { checkSweep, tellSweep } from './sweep.ts';

const parse = (value: string) => {
	const moved = parseSweep(value);
	if (typeof moved === 'string') throw new Error(moved);
	return moved;
};
let suites: Suite[] = [];
test.before(async () => {
	suites = await loadSuites(checkout.suites);
});

test('a sweep needs a race with a hold that can be moved', (t) => {
	const check = (name: string, sweep: string) => () => checkSweep(selectCases(suites, [name], []), parse(sweep));
	t.notThrows(check('race-erofs/withdraw-volume', 'cachefiles_withdraw_volume'));
	t.notThrows(check('race-erofs/withdraw-volume', 'daemon@cachefiles_withdraw_cache,mounter@fscache_put_volume'));
	t.throws(check('race-erofs/withdraw-volume', 'fscache_put_volume'), {
		instanceOf: UserError,
		message: /^race-erofs\/withdraw-volume: no hold of this race fits fscache_put_volume; .*mounter at __fscache_relinquish_volume/,
	});
	t.throws(check('race-erofs/withdraw-volume', 'daemon@a,daemon@b'), { message: /one hold cannot be in two places/ });
	t.throws(check('erofs-ondemand/partial', 'a'), { message: 'erofs-ondemand/partial has no race to sweep' });
});

test('what a sweep came to is told in a sentence', (t) => {
	const result = (name: string, status: Status, reason?: string): CaseResult => ({
		suite: 'race',
		case: name,
		summary: '',
		status,
		...(reason !== undefined && { reason }),
		durationMs: 1,
		attempts: [],
		reproduce: '',
	});
	const job = (cases: CaseResult[]): JobResult => ({
		id: 'race.k',
		suite: 'race',
		kernelSpec: 'debian:6.12',
		config: 'kasan',
		status: 'PASS',
		durationMs: 1,
		cases,
	});
	t.is(
		tellSweep(job([result('a@f+0x1', 'PASS'), result('a@f+0x2', 'SKIP'), result('a@f+0x3', 'FAIL', 'KASAN: x in f')])),
		'sweep of race on debian:6.12: 3 orders, 1 played, 1 do not come about; 1 order broke: a@f+0x3 (KASAN: x in f)',
	);
	t.regex(tellSweep(job([result('a@f+0x1', 'PASS')])), /; none breaks$/);
});
