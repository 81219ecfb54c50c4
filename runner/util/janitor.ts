/** Takes temporary files away when this process is killed, even by SIGKILL, with no chance to do so itself. */

import { execa } from 'execa';

// It knows the paths by its stdin, whose other end only we hold: when that ends we are gone, and what is left is removed.
// The signals are those of a terminal that closes, or a Ctrl-C meant for us.
const script = `
	trap '' HUP INT TERM
	while IFS= read -r line; do
		path=\${line#?}
		case $line in
		+*) set -- "$@" "$path" ;;
		-*) for one; do shift; [ "$one" = "$path" ] || set -- "$@" "$one"; done ;;
		esac
	done
	[ $# -eq 0 ] || rm -rf -- "$@"`;

let janitor: ((line: string) => void) | undefined;

/** One for the process, started when first needed; it does not keep us alive. */
function tell(line: string): void {
	janitor ??= startJanitor();
	janitor(`${line}\n`);
}

function startJanitor(): (line: string) => void {
	// Detached: in a session of its own, a kill of our group passes it by.
	const child = execa('sh', ['-c', script], {
		reject: false,
		stdin: 'pipe',
		stdout: 'ignore',
		stderr: 'ignore',
		detached: true,
		cleanup: false,
	});
	// Should it be killed itself, files are left as they were without it.
	child.stdin.on('error', () => {});
	child.unref();
	const stdin: NodeJS.WritableStream & { unref?(): void } = child.stdin;
	stdin.unref?.();
	return (line) => void stdin.write(line);
}

/** The file or folder at the absolute `path`, which may come to be later, is removed when we are killed, until this is disposed. */
export function removedWhenKilled(path: string): Disposable {
	// The janitor reads lines: half of such a path may be a folder of somebody else's.
	if (path.includes('\n')) return { [Symbol.dispose]() {} };
	tell(`+${path}`);
	return { [Symbol.dispose]: () => tell(`-${path}`) };
}
