import test from 'ava';
import { countTraceEvents } from './trace.ts';

const text = `  kworker/u8:2-66      [001] .....    12.345678: fscache_cookie: c=00000001 GET  prog r=2
           cat-901     [000] d.h1.    12.345679: cachefiles_read: o=00000001 i=2a
 some odd-name-901     ( 901) [000] .....    12.345679: cachefiles_read: o=00000001 i=2a
CPU:1 [LOST 123 EVENTS]
garbage: not an event
           cat-901     [000] .....    12.345680: fscache_cookie: c=00000001 PUT: x`;

test('events are counted by name wherever the stream is split', (t) => {
	for (const step of [1, 5, 1000]) {
		const counter = countTraceEvents();
		for (let at = 0; at < text.length; at += step) counter.write(text.slice(at, at + step));
		counter.end();
		t.deepEqual(counter.counts(), { cachefiles_read: 2, fscache_cookie: 2 });
		t.is(counter.lost(), 123);
	}
});
