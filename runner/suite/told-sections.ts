/** Where the sections of modules are, told by the guest in its kernel log as each is loaded: a debugger that comes later has nobody to ask. */

/** In place of busybox's insmod. What is loaded is known before the module does harm, since its case goes on only then. */
export const tellingInsmod = `#!/bin/busybox sh
/bin/busybox insmod "$@" || exit
name=\${1##*/}
name=$(echo "\${name%.ko}" | tr - _)
cd "/sys/module/$name/sections" || exit 0
told=
for section in .text* .exit.text .data .bss .rodata; do
	[ ! -e "$section" ] || told="$told $section=$(cat "$section")"
done
echo "<1>crucible: sections of $name:$told" >/dev/kmsg
`;

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
