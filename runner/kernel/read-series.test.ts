import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { UserError } from '../util/errors.ts';
import { isMail, parseSubject } from './mailbox.ts';
import { readSeries } from './read-series.ts';

async function folder(t: ExecutionContext, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-read-series-'));
	t.teardown(() => rm(dir, { recursive: true }));
	for (const [path, content] of Object.entries(files)) {
		await mkdir(dirname(join(dir, path)), { recursive: true });
		await writeFile(join(dir, path), content);
	}
	return dir;
}

const diff = (path: string, from = 'one', to = 'two') => `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${from}\n+${to}\n`;

const mail = (subject: string, body: string, headers = '') =>
	`From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Åsa Author <asa@example.org>\nSubject: ${subject}\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n${headers}\n${body}\n`;

const encoded = (subject: string, path: string) =>
	mail(
		subject,
		`Because.\n\nSigned-off-by: =C3=85sa Author <asa@example.org>\n---\n${diff(path).replaceAll('=', '=3D')}-- =\n\n2.39.2`,
		'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n',
	);

test('an archive that was cut off, or is damaged, is refused as such', async (t) => {
	const packed = gzipSync(mail('[PATCH] x', `Because.\n---\n${diff('fs/a.c')}`));
	const damaged = Buffer.concat([packed.subarray(0, 10), Buffer.alloc(40, 0xff)]);
	const dir = await folder(t, { 'cut.mbox.gz': packed.subarray(0, -20), 'damaged.mbox.gz': damaged });
	const reading = (name: string) => readSeries([join(dir, name)]);
	await t.throwsAsync(reading('cut.mbox.gz'), { instanceOf: UserError, message: 'the archive is cut off' });
	await t.throwsAsync(reading('damaged.mbox.gz'), { instanceOf: UserError, message: 'the archive is damaged: invalid block type' });
});

test('a thread as lore hands it out: the newest version, in its order, without cover letter and replies; attribution is kept', async (t) => {
	const thread = [
		mail('[PATCH 1/1] old', `Old.\n---\n${diff('fs/old.c')}`),
		mail('[PATCH v2 0/2] cover', 'Two patches.\n'),
		encoded('[PATCH v2 2/2] netfs: second', 'fs/b.c'),
		mail('Re: [PATCH v2 2/2] netfs: second', `> ${diff('fs/b.c').replaceAll('\n', '\n> ')}\n\nLooks good.\n`),
		encoded('[PATCH v2 1/2] netfs: first', 'fs/a.c'),
	].join('\n');
	const dir = await folder(t, { 't.mbox.gz': gzipSync(thread) });
	const patches = await readSeries([join(dir, 't.mbox.gz')]);
	t.deepEqual(
		patches.map(({ name }) => name),
		['"netfs: first"', '"netfs: second"'],
	);
	t.deepEqual(patches[0]?.touches, ['fs/a.c']);
	t.is(patches[0]?.commit?.author, 'Åsa Author <asa@example.org>');
	t.regex(patches[0]?.commit?.message ?? '', /^Because\.\n\nSigned-off-by: Åsa Author/);
});

test('a mailbox that holds no whole series is refused, and a diff in a reply is none of the series', async (t) => {
	const first = mail('[PATCH 1/3] first', `Because.\n---\n${diff('fs/a.c')}`);
	const third = mail('[PATCH 3/3] third', `Because.\n---\n${diff('fs/c.c')}`);
	const single = mail('[PATCH] netfs: fix', `Because.\n---\n${diff('fs/a.c')}`);
	const reply = mail('Re: [PATCH] netfs: fix', `How about this?\n\n${diff('fs/other.c')}`);
	const dir = await folder(t, { 'holed.mbox': `${first}\n${third}`, 'thread.mbox': `${single}\n${reply}`, '1.eml': first, '3.eml': third });
	const touched = async (...names: string[]) => (await readSeries(names.map((name) => join(dir, name)))).flatMap(({ touches }) => touches);
	await t.throwsAsync(touched('holed.mbox'), { instanceOf: UserError, message: /2\/3 missing/ });
	t.deepEqual(await touched('1.eml', '3.eml'), ['fs/a.c', 'fs/c.c']);
	t.deepEqual(await touched('thread.mbox'), ['fs/a.c']);
});

test('one mail is called as its file is', async (t) => {
	const dir = await folder(t, { '0001-fix.patch': mail('[PATCH] netfs: fix', `Because.\n---\n${diff('fs/a.c')}`) });
	const [patch] = await readSeries([join(dir, '0001-fix.patch')]);
	t.is(patch?.name, '0001-fix.patch');
	t.is(patch?.commit?.title, 'netfs: fix');
});

test('a quilt series is read in its order, comments and -p1 are understood', async (t) => {
	const dir = await folder(t, {
		'patches/series': '# ours\nb.patch -p1\n\na.patch # later\n',
		'patches/a.patch': diff('fs/a.c'),
		'patches/b.patch': `Description: from Debian\n\n${diff('fs/b.c')}`,
	});
	for (const name of [dir, join(dir, 'patches'), join(dir, 'patches/series')])
		t.deepEqual(
			(await readSeries([name])).map(({ name: called }) => called),
			['b.patch', 'a.patch'],
		);
	await writeFile(join(dir, 'patches/series'), 'a.patch -p0\n');
	const error = await t.throwsAsync(() => readSeries([dir]), { instanceOf: UserError, message: /option -p0/ });
	t.is(error?.at?.line, 1);
});

test('a folder of git format-patch is read by name, without its cover letter', async (t) => {
	const dir = await folder(t, {
		'0000-cover-letter.patch': mail('[PATCH 0/2] cover', 'Two.'),
		'0002-b.patch': diff('fs/b.c'),
		'0001-a.patch': diff('fs/a.c'),
	});
	t.deepEqual(
		(await readSeries([dir])).map(({ name }) => name),
		['0001-a.patch', '0002-b.patch'],
	);
});

test('what brings no patch is refused with what to do', async (t) => {
	const dir = await folder(t, { 'reply.eml': mail('Re: hello', 'No diff.'), 'empty/readme': '' });
	await t.throwsAsync(() => readSeries([join(dir, 'reply.eml')]), { instanceOf: UserError, message: /without a diff/ });
	await t.throwsAsync(() => readSeries([join(dir, 'empty')]), { instanceOf: UserError, message: /neither a quilt series/ });
	await t.throwsAsync(() => readSeries(['-', '-']), { instanceOf: UserError, message: /read once/ });
});

test('mail is told from a diff with a header of its own', (t) => {
	t.true(isMail('From: a <a@b>\nSubject: x\n\nbody\n'));
	t.true(isMail('From 0123456789abcdef Mon Sep 17 00:00:00 2001\nFrom: a\n'));
	t.false(isMail(`Description: fix\nAuthor: a\n\n${diff('fs/a.c')}`));
	t.false(isMail(diff('fs/a.c')));
	t.deepEqual(parseSubject('[RFC][PATCH net-next v3 02/11] a: b [c]'), { title: 'a: b [c]', version: 3, place: { number: 2, total: 11 } });
	t.deepEqual(parseSubject('[PATCH] plain'), { title: 'plain', version: 1 });
	t.deepEqual(parseSubject('RE: [PATCH] plain'), { title: 'plain', version: 1, isReply: true });
});
