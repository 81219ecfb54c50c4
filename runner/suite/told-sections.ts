/** Where the sections of modules are, as suites/lib/module.sh tells it in the kernel log of a guest that is recorded. */

/** Addresses by section, `0xffffffffc0200000`. */
export type ModuleSections = Readonly<Record<string, string>>;

/** What a console tells of it, by module; of one that was loaded several times, where it was last. */
export function parseToldSections(console: string): ReadonlyMap<string, ModuleSections> {
	const found = new Map<string, ModuleSections>();
	// "[    6.214302][  T118] crucible: sections of netfs: .text=0xffffffffa0000000 .data=0xffffffffa0012340"
	for (const [, name = '', told = ''] of console.matchAll(/crucible: sections of (\w+):((?: [\w.]+=0x[0-9a-f]+)+)/g))
		found.set(
			name,
			Object.fromEntries(
				told
					.trim()
					.split(' ')
					.map((word) => word.split('=') as [string, string]),
			),
		);
	return found;
}
