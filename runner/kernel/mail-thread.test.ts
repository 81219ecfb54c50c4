import test from 'ava';
import { UserError } from '../util/errors.ts';
import { seriesOf } from './mail-thread.ts';
import { type Mail, parseSubject } from './mailbox.ts';

/** A mail that brings a diff: its subject, unless another is given. */
const mail = (subject: string, text = subject): Mail => {
	const about = parseSubject(subject);
	return { ...about, commit: { title: about.title, author: 'A <a@b>', message: '' }, text };
};
const word = (subject: string): Mail => {
	const { text: _, ...rest } = mail(subject);
	return rest;
};
const diffsOf = (mails: readonly Mail[]) => seriesOf('t.mbox', mails).map(({ text }) => text);

test("a reviewer's diff in a reply is not taken for the patch", (t) => {
	t.deepEqual(diffsOf([word('[PATCH v2 0/2] c'), mail('[PATCH v2 1/2] a'), mail('[PATCH v2 2/2] b'), mail('Re: [PATCH v2 1/2] a')]), [
		'[PATCH v2 1/2] a',
		'[PATCH v2 2/2] b',
	]);
	t.deepEqual(diffsOf([mail('[PATCH] x'), mail('Re: [PATCH] x')]), ['[PATCH] x']);
	t.deepEqual(diffsOf([mail('[PATCH] x'), mail('Re: [PATCH v2] x')]), ['[PATCH] x']);
});

test('a diff that only a reply has is taken', (t) => {
	t.deepEqual(diffsOf([word('nfs: an oops'), mail('Re: nfs: an oops')]), ['Re: nfs: an oops']);
});

test('the newest version counts, by its numbers', (t) => {
	t.deepEqual(diffsOf([mail('[PATCH 1/1] old'), mail('[PATCH v2 2/2] b'), word('Re: [PATCH 1/1] old'), mail('[PATCH v2 1/2] a')]), [
		'[PATCH v2 1/2] a',
		'[PATCH v2 2/2] b',
	]);
});

test('patches without numbers are taken as they come', (t) => {
	t.deepEqual(diffsOf([mail('[PATCH] b'), mail('[PATCH] a')]), ['[PATCH] b', '[PATCH] a']);
});

test('a mail by itself is taken whatever its number', (t) => {
	t.deepEqual(diffsOf([mail('[PATCH v3 2/2] b')]), ['[PATCH v3 2/2] b']);
	t.deepEqual(diffsOf([word('hello')]), []);
});

test('a cover letter with an interdiff in it is none of the patches', (t) => {
	t.deepEqual(diffsOf([mail('[PATCH v2 0/1] c'), mail('[PATCH v2 1/1] a')]), ['[PATCH v2 1/1] a']);
});

test('a mail that came over several lists counts once', (t) => {
	t.deepEqual(diffsOf([mail('[PATCH 1/2] a'), mail('[PATCH 2/2] b'), mail('[PATCH 1/2] a')]), ['[PATCH 1/2] a', '[PATCH 2/2] b']);
	t.deepEqual(diffsOf([mail('[PATCH] a'), mail('[PATCH] a')]), ['[PATCH] a']);
});

for (const [what, subjects, message] of [
	['a series with a hole', ['[PATCH 1/3] a', '[PATCH 3/3] c'], /of v1 there is 1\/3, 3\/3: 2\/3 missing$/],
	['one patch and no more of its series', ['[PATCH 1/3] a'], /1\/3: 2\/3, 3\/3 missing$/],
	[
		'a patch sent again on its own',
		['[PATCH v2 1/2] a', '[PATCH v2 2/2] b', '[PATCH v3 2/2] b'],
		/of v3 there is 2\/2: 1\/2 missing; older: v2$/,
	],
	['two series of different length', ['[PATCH 1/1] a', '[PATCH 1/2] b', '[PATCH 2/2] c'], /1\/1, 1\/2, 2\/2: these are of several series$/],
	['two series of one length', ['[PATCH 1/2] a', '[PATCH 2/2] b', '[PATCH 1/2] c', '[PATCH 2/2] d'], /1\/2 comes with different diffs$/],
	['a series and a patch beside it', ['[PATCH 1/1] a', '[PATCH] b'], /"b", 1\/1: these are of several series$/],
	['a number that cannot be', ['[PATCH 1/1] a', '[PATCH 2/1] b'], /a number is beyond 1$/],
] as const)
	test(`${what}: refused with what is there and what is not`, (t) => {
		const error = t.throws(() => seriesOf('t.mbox', [word('[PATCH 0/9] cover'), ...subjects.map((subject) => mail(subject))]), {
			instanceOf: UserError,
			message,
		});
		t.is(error?.at?.file, 't.mbox');
		t.regex(error?.hint ?? '', /--patch/);
	});
