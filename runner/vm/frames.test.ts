import test from 'ava';
import { encodeFrame, encodeRenewal, FrameDecoder } from './frames.ts';

test('frames are found wherever the chunks end', (t) => {
	const frames = [encodeFrame(66, 1, Buffer.from('abc')), encodeFrame(68, 2), encodeFrame(66, 3, Buffer.alloc(5_000, 'x'))];
	const bytes = Buffer.concat(frames);
	for (const size of [1, 2, 7, 11, 13, 4_096, bytes.length]) {
		const decoder = new FrameDecoder();
		const seen = [];
		for (let at = 0; at < bytes.length; at += size) seen.push(...decoder.push(bytes.subarray(at, at + size)));
		t.deepEqual(
			seen.map(({ id, type, payload }) => [id, type, payload.length]),
			[
				[1, 66, 3],
				[2, 68, 0],
				[3, 66, 5_000],
			],
		);
	}
});

test('a renewal is the time in nanoseconds and a seed', (t) => {
	const renewal = encodeRenewal(1_000.5, Buffer.alloc(32, 7));
	t.is(renewal.readBigUInt64LE(0), 1_000_500_000n);
	t.deepEqual(renewal.subarray(8), Buffer.alloc(32, 7));
});
