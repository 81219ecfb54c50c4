import { createHash } from 'node:crypto';
import test from 'ava';
import { type CpioEntry, cpio } from './cpio.ts';

const entries: readonly CpioEntry[] = [
	{ type: 'file', path: '/etc/hello', mode: 0o644, data: Buffer.from('hi\n') },
	{ type: 'link', path: '/bin', target: 'usr/bin' },
	{ type: 'directory', path: '/tmp', mode: 0o1777 },
	{ type: 'device', path: '/dev/console', mode: 0o600, kind: 'c', major: 5, minor: 1 },
];

/** Reads an archive back, as the kernel would: header, name, data, each padded to four bytes. */
function list(archive: Buffer): string[] {
	const lines = [];
	for (let at = 0; at < archive.length; ) {
		const field = (index: number) => Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
		const [mode, size, nameSize] = [field(1), field(6), field(11)];
		const name = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
		const data = (at + 110 + nameSize + 3) & ~3;
		lines.push(
			`${archive.toString('latin1', at, at + 6)} ${mode.toString(8)} ${name} ${archive.toString('utf8', data, data + size)}`.trim(),
		);
		at = (data + size + 3) & ~3;
	}
	return lines;
}

test('an archive holds each entry once, sorted, with the folders they need, and ends with the trailer', (t) => {
	t.deepEqual(list(cpio(entries)), [
		'070701 120777 bin usr/bin',
		'070701 40755 dev',
		'070701 20600 dev/console',
		'070701 40755 etc',
		'070701 100644 etc/hello hi',
		'070701 41777 tmp',
		'070701 0 TRAILER!!!',
	]);
});

test('the bytes are the same whatever the order of the entries, and the same as ever', (t) => {
	const archive = cpio(entries);
	t.deepEqual(cpio(entries.toReversed()), archive);
	t.is(createHash('sha256').update(archive).digest('hex'), 'e406150917937a0444b25fc87511cdaa509eb60610f4a83086aeec4e3eba0290');
});

test('owner and time are zero, a device has its numbers', (t) => {
	const archive = cpio([{ type: 'device', path: '/console', mode: 0o600, kind: 'c', major: 5, minor: 1 }]);
	const fields = archive
		.toString('latin1', 6, 110)
		.match(/.{8}/g)
		?.map((field) => Number.parseInt(field, 16));
	t.deepEqual(fields, [1, 0o020600, 0, 0, 1, 0, 0, 0, 0, 5, 1, 'console'.length + 1, 0]);
});

test('a path that is not plain and absolute, is there twice, or lies below a file is refused', (t) => {
	const file = (path: string): CpioEntry => ({ type: 'file', path, mode: 0o644, data: Buffer.alloc(0) });
	for (const path of ['etc/x', '/etc/../x', '/etc//x', '/etc/', '/./x'])
		t.throws(() => cpio([file(path)]), { message: `not a plain absolute path: ${path}` });
	t.throws(() => cpio([file('/a'), file('/a')]), { message: 'two entries for /a' });
	t.throws(() => cpio([file('/a'), file('/a/b')]), { message: '/a/b lies below /a, which is a file' });
});
