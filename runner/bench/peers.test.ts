import test from 'ava';
import { UserError } from '../util/errors.ts';
import { parsePeer } from './peers.ts';

test('a peer is a name that is known and a folder', (t) => {
	t.deepEqual(parsePeer('virtme-ng=../vng=1'), { name: 'virtme-ng', dir: '../vng=1' });
	t.deepEqual(parsePeer('rapido=/src/rapido'), { name: 'rapido', dir: '/src/rapido' });
	for (const text of ['virtme=/x', 'rapido', 'rapido=', '=x', '']) t.throws(() => parsePeer(text), { instanceOf: UserError });
});
