import test from 'ava';
import { diagramSvg } from './diagram-svg.ts';

test('a diagram is one picture with a lane for each task, and guest text cannot leave it', (t) => {
	const svg = diagramSvg({
		columns: ['mount (CPU 1)', 'a<b>&"\u0007'],
		rows: [
			{ column: 0, depth: 0, kind: 'call', text: 'fscache_put_volume' },
			{ column: 1, depth: 1, kind: 'hold', text: 'held 12 ms' },
			{ column: 1, depth: 1, kind: 'splat', text: '</text><script>alert(1)</script>' },
		],
	});
	t.is(svg.match(/<svg /g)?.length, 1);
	t.is(svg.match(/<line /g)?.length, 2);
	t.is(svg.match(/<rect /g)?.length, 1);
	t.true(svg.includes('a&lt;b&gt;&amp;&quot;\ufffd'));
	t.false(svg.includes('<script'));
});

test('an empty diagram is no picture', (t) => {
	t.is(diagramSvg({ columns: [], rows: [] }), '');
});
