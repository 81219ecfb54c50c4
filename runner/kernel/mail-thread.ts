/** The one series that a mailbox holds: the newest version of a thread, whole, in its order. */

import { UserError } from '../util/errors.ts';
import { hasDiff, type Mail, type PatchMail } from './mailbox.ts';

/**
 * The mails with the patches, in the order they are to be applied; none when none has a diff. Cover letters and replies are left out, and a
 * mail by itself is taken whatever its number. Throws UserError when the newest version is not there whole, or is more than one series.
 */
export function seriesOf(file: string, mails: readonly Mail[]): PatchMail[] {
	const patches = mails.filter(hasDiff);
	if (mails.length === 1) return patches;
	const originals = patches.filter(({ isReply }) => !isReply);
	// A discussion may have its only diff in a reply.
	const sent = originals.length > 0 ? originals : patches;
	const newest = Math.max(...sent.map(({ version }) => version));
	// An interdiff makes a cover letter look like a patch.
	const current = sent.filter(({ version, place }) => version === newest && place?.number !== 0);
	const once = withoutCopies(current);
	if (once.every(({ place }) => place === undefined)) return once;
	const series = once.sort((a, b) => numberOf(a) - numberOf(b));
	const flaw = flawOf(series);
	if (flaw === undefined) return series;
	const older = [...new Set(sent.map(({ version }) => version))].filter((version) => version !== newest).sort((a, b) => a - b);
	const beside = older.length === 0 ? '' : `; older: ${older.map((version) => `v${version}`).join(', ')}`;
	throw new UserError(`no whole series: of v${newest} there is ${series.map(nameOf).join(', ')}: ${flaw}${beside}`, {
		at: { file },
		hint: 'save each mail that is meant to a file of its own, and give them in order, each with --patch',
	});
}

/** A mail that went to several lists is in a mailbox several times. */
function withoutCopies(mails: readonly PatchMail[]): PatchMail[] {
	return [...new Map(mails.map((mail) => [`${nameOf(mail)} ${mail.text}`, mail])).values()];
}

/** Why these, in order of their numbers, are not 1/n to n/n, each once. */
function flawOf(mails: readonly PatchMail[]): string | undefined {
	const totals = new Set(mails.map(({ place }) => place?.total));
	if (totals.size > 1) return 'these are of several series';
	const numbers = mails.map(numberOf);
	const [total = 0] = totals;
	const missing = Array.from({ length: total }, (_, index) => index + 1).filter((number) => !numbers.includes(number));
	if (missing.length > 0) return `${missing.map((number) => `${number}/${total}`).join(', ')} missing`;
	const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
	if (twice !== undefined) return `${twice}/${total} comes with different diffs`;
	return numbers.length > total ? `a number is beyond ${total}` : undefined;
}

function numberOf({ place }: Mail): number {
	return place?.number ?? 0;
}

function nameOf({ place, title }: Mail): string {
	return place ? `${place.number}/${place.total}` : `"${title}"`;
}
