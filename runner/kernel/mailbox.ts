/** Patches that came by mail: a mailbox is split and each mail decoded by git, as `git am` would. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../util/exec.ts';
import type { CommitText } from './patch.ts';

/** What a subject says. */
export interface Subject {
	readonly title: string;
	/** `v2` of `[PATCH v2 3/5]` is 2; 1 where nothing is said. */
	readonly version: number;
	/** `3/5`; absent where a patch is no part of a series. */
	readonly place?: { readonly number: number; readonly total: number };
	/** It begins with `Re:`. */
	readonly isReply?: boolean;
}

export interface Mail extends Subject {
	readonly commit: CommitText;
	/** The diff. */
	readonly text?: string;
}

/** A mail with a diff in it. */
export type PatchMail = Mail & { readonly text: string };

export function hasDiff(mail: Mail): mail is PatchMail {
	return mail.text !== undefined;
}

/** Whether a file holds mail rather than a bare diff: `git format-patch` output counts. */
export function isMail(text: string): boolean {
	const head = text.trimStart().slice(0, 20_000);
	// "From 1a2b3c... Mon Sep 17 00:00:00 2001", "From mboxrd@z Thu Jan  1 00:00:00 1970"
	if (/^From \S+ +\w{3} \w{3} /.test(head)) return true;
	const header = head.split(/\r?\n\r?\n/, 1)[0] ?? '';
	return /^[\w-]+:/.test(header) && /^Subject:/im.test(header) && /^From:/im.test(header);
}

/** The mails of a mailbox, as they come in it. */
export async function readMails(mailbox: Buffer, signal?: AbortSignal): Promise<Mail[]> {
	const dir = await mkdtemp(join(tmpdir(), 'crucible-mail-'));
	try {
		await writeFile(join(dir, 'mailbox'), mailbox);
		await exec('git', ['mailsplit', '-b', '-o.', 'mailbox'], { cwd: dir, signal });
		const mails: Mail[] = [];
		// "0001", "0002"
		for (const name of (await readdir(dir)).filter((entry) => /^\d+$/.test(entry)).sort()) mails.push(await decode(dir, name, signal));
		return mails;
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}

async function decode(dir: string, name: string, signal?: AbortSignal): Promise<Mail> {
	const input = await readFile(join(dir, name));
	// -k keeps the [PATCH 2/3] of the subject.
	const info = await exec('git', ['mailinfo', '-k', '--encoding=UTF-8', 'message', 'diff'], { cwd: dir, input, signal });
	const text = await readFile(join(dir, 'diff'), 'utf8');
	const isPatch = /^(?:diff --git|--- \S+\n\+\+\+ )/m.test(text);
	const field = (key: string) => new RegExp(`^${key}: (.*)$`, 'm').exec(info.stdout)?.[1]?.trim() ?? '';
	const message = (await readFile(join(dir, 'message'), 'utf8')).trim();
	return { ...parseSubject(field('Subject')), commit: commitOf(field, message), ...(isPatch && { text }) };
}

function commitOf(field: (key: string) => string, message: string): CommitText {
	return { title: parseSubject(field('Subject')).title, author: `${field('Author')} <${field('Email')}>`, message };
}

/** `[RFC PATCH v2 03/10] netfs: fix it` -> version 2, 3 of 10. */
export function parseSubject(subject: string): Subject {
	const [, prefix = '', title = subject] = /^((?:\s*(?:\[[^\]]*\]|Re:))*)\s*(.*)$/i.exec(subject) ?? [];
	const version = /\bv(\d+)\b/i.exec(prefix)?.[1];
	const [, number, total] = /\b(\d+)\/(\d+)\b/.exec(prefix) ?? [];
	return {
		title,
		version: Number(version ?? 1),
		...(number !== undefined && { place: { number: Number(number), total: Number(total) } }),
		...(/^\s*Re:/i.test(prefix) && { isReply: true }),
	};
}
