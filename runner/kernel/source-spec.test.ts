import test from 'ava';
import { UserError } from '../util/errors.ts';
import { parseSourceSpec, safeName } from './source-spec.ts';

test('each form is told by its look', (t) => {
	t.deepEqual(parseSourceSpec('debian:6.12', '/w'), { kind: 'debian', series: '6.12' });
	t.deepEqual(parseSourceSpec('../linux', '/w/x'), { kind: 'directory', path: '/w/linux' });
	t.deepEqual(parseSourceSpec('linux-6.9.tar.zst', '/w'), { kind: 'tarball', path: '/w/linux-6.9.tar.zst' });
	t.deepEqual(parseSourceSpec('linux#v6.9', '/w'), { kind: 'git', repository: '/w/linux', ref: 'v6.9' });
	t.deepEqual(parseSourceSpec('/r#HEAD~3', '/w'), { kind: 'git', repository: '/r', ref: 'HEAD~3' });
});

for (const spec of [
	'',
	'debian:',
	'debian:bookworm',
	'linux#',
	'#v6.9',
	'https://git.kernel.org/x/linux.git',
	'git@host.example:linux#v6.9',
]) {
	test(`"${spec}" is refused with a hint`, (t) => {
		const error = t.throws(() => parseSourceSpec(spec, '/w'), { instanceOf: UserError });
		t.truthy(error?.hint);
	});
}

test('a name keeps to letters that every tool takes', (t) => {
	t.is(safeName('debian-6.12-6.12.117-1~deb12u1'), 'debian-6.12-6.12.117-1-deb12u1');
	t.is(safeName('../my tree/'), 'my-tree');
});
