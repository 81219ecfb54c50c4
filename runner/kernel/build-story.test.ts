import test from 'ava';
import { type BuildFacts, tellBuild, tellMoved, tellSeries } from './build-story.ts';

const modules = { netfs: '1', cachefiles: '1', nfs: '1' };
const plain = { id: 'a', hashes: { vmlinux: 'v', config: 'c', modules } };

function facts(more: Partial<BuildFacts>, hashes: Partial<BuildFacts['after']['hashes']> = {}): BuildFacts {
	const after = { id: 'b', hashes: { ...plain.hashes, ...hashes } };
	return { before: plain, after, isLinked: false, rebuilt: [], configChanges: [], steps: [], ...more };
}

const reached = (object: string, inputs: readonly string[], symbols: readonly string[] = []) => ({ object, inputs, symbols });

test('a change of a module leaves vmlinux and its templates', (t) => {
	const story = tellBuild(facts({}, { modules: { ...modules, cachefiles: '2' } }));
	t.is(story, 'since the last build cachefiles changed (1 of 3 modules); vmlinux untouched: templates hold');
});

test('a header that reaches vmlinux is named, with the objects it reaches', (t) => {
	const objects = ['fs/open.o', 'init/do_mounts.o', 'kernel/sysctl.o', 'lib/debug_info.o'];
	const rebuilt = objects.map((object) => reached(object, ['include/linux/netfs.h', ...(object === 'fs/open.o' ? ['fs/open.c'] : [])]));
	const story = tellBuild(facts({ isLinked: true, rebuilt }, { vmlinux: 'w', modules: { ...modules, netfs: '2', nfs: '2' } }));
	t.is(
		story,
		'since the last build netfs, nfs changed (2 of 3 modules); vmlinux changed: include/linux/netfs.h reaches 4 built-in objects (fs/open.o, init/do_mounts.o, kernel/sysctl.o, +1 more); fs/open.c reaches 1 built-in object (fs/open.o)',
	);
});

test('a vmlinux that was linked anew to the same code is said so', (t) => {
	const story = tellBuild(facts({ isLinked: true, rebuilt: [reached('lib/debug_info.o', ['include/linux/fscache.h'])] }));
	t.is(
		story,
		'since the last build no module runs other code; vmlinux was linked anew (include/linux/fscache.h reaches 1 built-in object (lib/debug_info.o)) and runs the same code: templates hold',
	);
});

test('a configuration that changed is told by its symbols', (t) => {
	const changed = facts(
		{ isLinked: true, configChanges: ['+CONFIG_X=y', '-CONFIG_Y=y'], rebuilt: [reached('fs/open.o', [], ['X'])] },
		{ vmlinux: 'w', config: 'd' },
	);
	t.is(
		tellBuild(changed),
		'since the last build no module runs other code; vmlinux changed: .config changed: +CONFIG_X=y, -CONFIG_Y=y, which reaches 1 built-in object',
	);
	const module = facts({ configChanges: ['+CONFIG_X=m'] }, { config: 'd', modules: { ...modules, x: '1' } });
	t.is(tellBuild(module), 'since the last build x new; vmlinux untouched; .config changed (+CONFIG_X=m): guests boot anew');
});

test('what cannot be told is not invented', (t) => {
	const steps = [
		{ verb: 'CC [M]', target: 'fs/x.o' },
		{ verb: 'AR', target: 'fs/built-in.a' },
	];
	t.regex(tellBuild(facts({ isLinked: true, steps }, { vmlinux: 'w' })), /vmlinux changed: make began at AR fs\/built-in\.a$/);
	t.regex(tellBuild(facts({ isLinked: true }, { vmlinux: 'w' })), /vmlinux changed: objects of a build that was cut off went in$/);
	t.regex(
		tellBuild(facts({ isLinked: true, rebuilt: [reached('fs/open.o', [])] }, { vmlinux: 'w' })),
		/vmlinux changed: fs\/open\.o compiled anew, by none of the files known to have changed$/,
	);
	const tools = { before: 'ld 2.40', after: 'ld 2.41' };
	t.regex(tellBuild(facts({ isLinked: true, tools }, { vmlinux: 'w' })), /the tools changed: ld 2\.41, before ld 2\.40/);
});

test('a build that came to the same kernel says so', (t) => {
	t.is(tellBuild(facts({ after: plain })), 'nothing changed since the last build');
	t.is(
		tellBuild(facts({ after: plain, isLinked: true })),
		'nothing changed since the last build: vmlinux was linked anew (objects of a build that was cut off went in) and is the same',
	);
});

test('a file that was saved while make was at work is told', (t) => {
	t.is(tellMoved([]), undefined);
	t.regex(tellMoved(['fs/a.c']) ?? '', /^fs\/a\.c was written while make was at work: /);
	t.regex(tellMoved(['a', 'b', 'c', 'd'].map((name) => `fs/${name}.c`)) ?? '', /^fs\/a\.c, fs\/b\.c, fs\/c\.c, \+1 more were written /);
});

test('a series that changes nothing is told; one that does needs no word', (t) => {
	const other = { id: 'b', hashes: plain.hashes };
	t.is(tellSeries(['a.patch'], plain, plain), 'a.patch changes nothing that is built: this is the kernel without');
	t.is(
		tellSeries(['a.patch', 'b.patch'], plain, other),
		'a.patch, b.patch change no code: vmlinux and all modules run as without, but for line numbers',
	);
	t.is(tellSeries(['a.patch'], plain, { id: 'b', hashes: { ...plain.hashes, modules: { ...modules, nfs: '2' } } }), undefined);
	t.is(tellSeries(['a.patch'], plain, { id: 'b', hashes: { ...plain.hashes, vmlinux: 'w' } }), undefined);
});
