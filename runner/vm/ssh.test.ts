import test from 'ava';
import { makeKeyPair } from './ssh.ts';

test('every key is whole: one in 256 that ssh2 makes is not', (t) => {
	// string "ssh-ed25519", string of 32 bytes: RFC 8709.
	const lengths = Array.from({ length: 2_000 }, () => Buffer.from(makeKeyPair().public.split(' ')[1] ?? '', 'base64').length);
	t.deepEqual([...new Set(lengths)], [51]);
});
