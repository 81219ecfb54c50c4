/**
 * The history of nights: results/nightly/history.sqlite. The database lives in memory (sql.js: SQLite as WebAssembly, nothing compiled or
 * downloaded at install) and the file is replaced whole, so that a crash leaves the old one or the new one.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import initSqlJs, { type Database, type SqlValue } from 'sql.js';
import { z } from 'zod';
import type { CaseRow, SplatRow } from '../model/history.ts';
import { statuses } from '../model/run.ts';
import { messageOf, UserError } from '../util/errors.ts';
import { exists, writeWhole } from '../util/files.ts';

/** Raised when a table changes; PRAGMA user_version of the file. */
const version = 1;

const tables = `
	CREATE TABLE cases (night TEXT NOT NULL, kernel TEXT NOT NULL, config TEXT NOT NULL, suite TEXT NOT NULL, "case" TEXT NOT NULL,
		status TEXT NOT NULL, failed INTEGER NOT NULL, votes INTEGER NOT NULL, durationMs INTEGER NOT NULL,
		PRIMARY KEY (night, kernel, config, suite, "case")) WITHOUT ROWID;
	CREATE TABLE splats (night TEXT NOT NULL, kernel TEXT NOT NULL, config TEXT NOT NULL, path TEXT NOT NULL, fingerprint TEXT NOT NULL,
		title TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (night, kernel, config, path, fingerprint)) WITHOUT ROWID;
	PRAGMA user_version = ${version};
`;

const caseRow = z.object({
	night: z.string(),
	kernel: z.string(),
	config: z.string(),
	suite: z.string(),
	case: z.string(),
	status: z.enum(statuses),
	failed: z.number(),
	votes: z.number(),
	durationMs: z.number(),
});

const splatRow = z.object({
	night: z.string(),
	kernel: z.string(),
	config: z.string(),
	path: z.string(),
	fingerprint: z.string(),
	title: z.string(),
	times: z.number(),
});

export interface History extends Disposable {
	/** In place of what that cell of that night had before; on disk when it resolves. */
	readonly put: (
		cell: Pick<CaseRow, 'night' | 'kernel' | 'config'>,
		rows: { cases: readonly CaseRow[]; splats: readonly SplatRow[] },
	) => Promise<void>;
	readonly cases: () => CaseRow[];
	readonly splats: () => SplatRow[];
}

export function historyFile(results: string): string {
	return join(results, 'nightly', 'history.sqlite');
}

/** Opens the history, an empty one where there is no file. One that is damaged, or newer than this program, is a UserError and left as it is. */
export async function openHistory(file: string): Promise<History> {
	const { Database } = await initSqlJs();
	const isNew = !(await exists(file));
	const db = new Database(isNew ? undefined : await readFile(file));
	try {
		if (isNew) db.run(tables);
		else check(db, file);
	} catch (error) {
		db.close();
		throw error instanceof UserError ? error : damaged(file, messageOf(error), error);
	}
	const read = <T>(schema: z.ZodType<T>, table: string): T[] =>
		select(db, `SELECT * FROM ${table} ORDER BY night`).map((row) => schema.parse(row));
	return {
		async put({ night, kernel, config }, { cases, splats }) {
			db.run('BEGIN');
			try {
				for (const table of ['cases', 'splats'])
					db.run(`DELETE FROM ${table} WHERE night = ? AND kernel = ? AND config = ?`, [night, kernel, config]);
				for (const row of cases)
					db.run('INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
						...[row.night, row.kernel, row.config, row.suite, row.case, row.status],
						...[row.failed, row.votes, row.durationMs],
					]);
				for (const row of splats)
					db.run('INSERT INTO splats VALUES (?, ?, ?, ?, ?, ?, ?)', [
						...[row.night, row.kernel, row.config, row.path, row.fingerprint, row.title],
						row.times,
					]);
				db.run('COMMIT');
			} catch (error) {
				db.run('ROLLBACK');
				throw error;
			}
			await writeWhole(file, db.export());
		},
		cases: () => read(caseRow, 'cases'),
		splats: () => read(splatRow, 'splats'),
		[Symbol.dispose]: () => db.close(),
	};
}

function check(db: Database, file: string): void {
	const [row] = select(db, 'PRAGMA integrity_check');
	if (row?.integrity_check !== 'ok') throw damaged(file, String(row?.integrity_check));
	const found = Number(select(db, 'PRAGMA user_version')[0]?.user_version);
	if (found > version) throw new UserError(`${file} was written by a newer crucible (its version is ${found}, ours ${version})`);
	if (found < version) throw damaged(file, 'it is no history of ours');
	for (const row of select(db, 'SELECT * FROM cases')) caseRow.parse(row);
	for (const row of select(db, 'SELECT * FROM splats')) splatRow.parse(row);
}

function damaged(file: string, why: string, cause?: unknown): UserError {
	return new UserError(`the history ${file} is damaged: ${why.split('\n')[0]}; it was left as it is`, {
		hint: `mv ${file} ${file}.damaged && ./crucible nightly --rebuild-history makes it again from the nights kept in results/`,
		cause,
	});
}

function select(db: Database, sql: string): Record<string, SqlValue>[] {
	const statement = db.prepare(sql);
	try {
		const rows: Record<string, SqlValue>[] = [];
		while (statement.step()) rows.push(statement.getAsObject());
		return rows;
	} finally {
		statement.free();
	}
}
