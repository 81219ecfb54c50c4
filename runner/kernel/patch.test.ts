import test from 'ava';
import { formatPosition, UserError } from '../util/errors.ts';
import { parsePatch } from './patch.ts';

const good = `From: A Developer
Subject: [PATCH] x
---
 fs/a.c | 2 +-

--- a/fs/a.c
+++ b/fs/a.c
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
-- 
2.39
`;

test('a mailed patch touches what its headers say', (t) => {
	const patch = parsePatch('x.patch', good);
	t.deepEqual(patch.touches, ['fs/a.c']);
	t.deepEqual(patch.needs, ['fs/a.c']);
});

test('a new file is touched and need not exist', (t) => {
	const patch = parsePatch('x.patch', '--- /dev/null\n+++ b/fs/new.c\n@@ -0,0 +1 @@\n+int x;\n');
	t.deepEqual([patch.touches, patch.needs], [['fs/new.c'], []]);
});

test('a file that diff -urN adds need not exist, one that it removes has to', (t) => {
	const epoch = '1970-01-01 00:00:00.000000000 +0000';
	const now = '2026-01-01 00:00:00.000000000 +0000';
	const added = parsePatch(
		'x.patch',
		`diff -urN a/fs/new.c b/fs/new.c\n--- a/fs/new.c\t${epoch}\n+++ b/fs/new.c\t${now}\n@@ -0,0 +1 @@\n+int x;\n`,
	);
	t.deepEqual([added.touches, added.needs], [['fs/new.c'], []]);
	const removed = parsePatch(
		'x.patch',
		`diff -urN a/fs/old.c b/fs/old.c\n--- a/fs/old.c\t${now}\n+++ b/fs/old.c\t${epoch}\n@@ -1 +0,0 @@\n-int x;\n`,
	);
	t.deepEqual([removed.touches, removed.needs], [['fs/old.c'], ['fs/old.c']]);
});

test('removed lines that look like headers are removed lines', (t) => {
	const patch = parsePatch('x.patch', '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-b\n+++ b/y\n+b\n');
	t.deepEqual(patch.touches, ['x']);
});

test('a rename touches both names', (t) => {
	const text = 'diff --git a/fs/a.c b/fs/b.c\nsimilarity index 100%\nrename from fs/a.c\nrename to fs/b.c\n';
	t.deepEqual(parsePatch('x', text).touches, ['fs/a.c', 'fs/b.c']);
});

for (const [name, text, pattern, where] of [
	['a web page', '<html>\n<body>not found</body>\n', /^not a patch/, 'x.patch'],
	['an empty file', '', /^not a patch/, 'x.patch'],
	['a hunk without a file', '@@ -1 +1 @@\n-a\n+b\n', /hunk before any/, 'x.patch:1'],
	['a patch that was cut', good.slice(0, good.indexOf(' three')), /ends before the number of lines/, 'x.patch:12'],
	['a patch with a wrapped line', good.replace(' one', ' on\ne'), /ends before|more lines/, 'x.patch:10'],
	['a path that leaves the tree', good.replaceAll('a/fs/a.c', 'a/../../etc/passwd'), /no path below/, 'x.patch:6'],
	['an absolute path', good.replaceAll('--- a/fs/a.c', '--- /etc/passwd'), /no path below/, 'x.patch:6'],
] as const) {
	test(`${name} is refused with its place`, (t) => {
		const error = t.throws(() => parsePatch('x.patch', text), { instanceOf: UserError, message: pattern });
		t.is(error?.at && formatPosition(error.at), where);
	});
}
