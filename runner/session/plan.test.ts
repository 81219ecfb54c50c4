import test from 'ava';
import { clockOf } from './plan.ts';

test('time leaps only for a case that says so, under TCG, when the user does not forbid it', (t) => {
	t.is(clockOf({ clock: 'warp' }, 'tcg', true), 'warp');
	t.is(clockOf({ clock: 'real' }, 'tcg', true), 'real');
	t.is(clockOf({ clock: 'warp' }, 'kvm', true), 'real');
	t.is(clockOf({ clock: 'warp' }, 'tcg', false), 'real');
});
