import test from 'ava';
import { create } from 'xmlbuilder2';
import { canonicalRun } from './canonical-run.ts';
import { toJunit } from './junit.ts';

const run = canonicalRun();
const document = create(toJunit(run));
const elements = (name: string) =>
	document.filter((node) => node.node.nodeName === name, true, true).map((node) => node.node as unknown as Element);

interface Element {
	readonly textContent: string | null;
	readonly parentNode: Element | null;
	getAttribute(name: string): string | null;
}

test('every case has a testcase, and a job that listed none has one of its own', (t) => {
	const cases = run.jobs.reduce((sum, job) => sum + Math.max(job.cases.length, job.problem ? 1 : 0), 0);
	t.is(elements('testsuite').length, run.jobs.length);
	t.is(elements('testcase').length, cases);
	t.deepEqual(
		elements('testsuites').map((root) => ['tests', 'failures', 'errors', 'skipped'].map((name) => Number(root.getAttribute(name)))),
		[[cases, run.counts.FAIL + run.counts.INCONCLUSIVE, run.counts.ERROR + run.counts.MISS + 1, run.counts.SKIP + run.counts.XFAIL]],
	);
});

test('names hold suite, kernel and config, and times are seconds', (t) => {
	const passed = elements('testcase').find((one) => one.getAttribute('name') === 'v42-warm-read');
	t.is(passed?.getAttribute('classname'), 'nfs-fsc.debian-6.12.kasan');
	t.is(passed?.getAttribute('time'), '8.423');
});

test('splats, evidence and the kernel are in the document', (t) => {
	const xml = toJunit(run);
	t.true(xml.includes('splat: KASAN: slab-use-after-free Write in fscache_withdraw_volume'));
	t.true(xml.includes('fs/netfs/fscache_volume.c:471'));
	t.true(xml.includes('evidence: warm_server_read_bytes == 0, measured 4194304 (does not hold)'));
	t.true(xml.includes('<property name="kernel.release" value="6.12.117-crucible"/>'));
});

test('hostile text comes back from a parser as text', (t) => {
	const failure = elements('failure').find((one) => one.parentNode?.getAttribute('name')?.startsWith('hostile'));
	t.is(failure?.textContent, 'it said # TODO not me\nok 1 - and "more" \\ of ]]> it');
	t.is(elements('script').length, 0);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters XML 1.0 forbids
	t.notRegex(toJunit(run), /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/);
});
