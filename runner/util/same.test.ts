import test from 'ava';
import { InfraError } from './errors.ts';
import { whileSame } from './same.ts';

test('what is made of files that are saved meanwhile does not pass for either state', async (t) => {
	let content = 'one';
	const hash = async () => content;
	await t.notThrowsAsync(whileSame('the suite', hash, 'one', async () => {}));
	const saved = whileSame('the suite', hash, 'one', async () => {
		content = 'two';
	});
	await t.throwsAsync(saved, { instanceOf: InfraError, message: 'the suite was saved while it was read' });
});
