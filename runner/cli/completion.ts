/** `crucible completion`: a bash script, read off the commands as declared. */

import type { Command } from 'commander';

/** Words that can follow each command, `` being the program itself. */
export function completionWords(program: Command): Record<string, string[]> {
	const visible = program.commands.filter((command) => !(command as unknown as { _hidden: boolean })._hidden);
	const flags = (command: Command) => command.options.flatMap((option) => [option.long, option.short].filter((flag) => flag !== undefined));
	return {
		'': [...visible.map((command) => command.name()), 'help', ...flags(program)],
		...Object.fromEntries(visible.map((command) => [command.name(), flags(command)])),
	};
}

/** A bash completion script; suite names come from `crucible list --names` when a word is completed. */
export function bashCompletion(words: Readonly<Record<string, readonly string[]>>): string {
	const arms = Object.entries(words)
		.filter(([command]) => command !== '')
		.map(([command, flags]) => `\t\t${command}) words="${flags.join(' ')}" ;;`);
	return `# bash completion for crucible: source <(./crucible completion)
_crucible() {
	local current=\${COMP_WORDS[COMP_CWORD]} words
	case \${COMP_WORDS[1]} in
${arms.join('\n')}
		*) words="${(words[''] ?? []).join(' ')}" ;;
	esac
	[ "$COMP_CWORD" -gt 1 ] || words="${(words[''] ?? []).join(' ')}"
	case \${COMP_WORDS[1]} in
		run|list|soak) [[ $current == -* ]] || words="$words $("\${COMP_WORDS[0]}" list --names 2>/dev/null)" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _crucible crucible ./crucible
`;
}

export function addCompletion(program: Command): void {
	program
		.command('completion')
		.description('prints a bash completion script: source <(./crucible completion)')
		.action(() => {
			process.stdout.write(bashCompletion(completionWords(program)));
		});
}
