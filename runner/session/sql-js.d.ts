/** The part of sql.js that is used; the package brings no types. */
declare module 'sql.js' {
	export type SqlValue = number | string | null | Uint8Array;

	export interface Statement {
		bind(values: readonly SqlValue[]): boolean;
		step(): boolean;
		getAsObject(): Record<string, SqlValue>;
		free(): boolean;
	}

	export interface Database {
		run(sql: string, values?: readonly SqlValue[]): Database;
		prepare(sql: string): Statement;
		export(): Uint8Array;
		close(): void;
	}

	interface SqlJs {
		readonly Database: new (data?: Uint8Array) => Database;
	}

	export default function initSqlJs(): Promise<SqlJs>;
}
