// SPDX-License-Identifier: GPL-2.0-only
/* EXEC: a child becomes a program. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* Takes `count` NUL-terminated strings from *at; false when they are not all there. */
static bool take_strings(char **at, const char *end, char **strings, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		char *stop = memchr(*at, '\0', end - *at);

		if (!stop)
			return false;
		strings[i] = *at;
		*at = stop + 1;
	}
	strings[count] = NULL;
	return true;
}

bool parse(struct command *command, unsigned char *payload, size_t length)
{
	char *at = (char *)payload + 12, *end = (char *)payload + length;
	uint32_t argc, envc;

	if (length < 12 || (argc = get32(payload + 4)) < 1 || argc > 4096 || (envc = get32(payload + 8)) > 4096)
		return false;
	command->flags = get32(payload);
	return take_strings(&at, end, command->cwd, 1) && take_strings(&at, end, command->argv, argc) &&
	       take_strings(&at, end, command->envp, envc);
}

_Noreturn void become(struct command *command, int failure)
{
	int error;

	environ = command->envp;
	if (chdir(command->cwd[0][0] ? command->cwd[0] : "/") == 0)
		execvp(command->argv[0], command->argv);
	error = errno;
	_exit(write(failure, &error, sizeof(error)) == sizeof(error) ? 127 : 126);
}

void start_exec(uint32_t id, unsigned char *payload, size_t length)
{
	static struct command command;
	struct child child = { .is_here = false };
	struct job *job;

	if (!parse(&command, payload, length)) {
		send_error(id, EBADMSG, "malformed EXEC");
		return;
	}
	job = use_spare(id, command.flags, payload, length);
	if (!job)
		job = launch(RUN, id, command.flags & HAS_STDIN, !(command.flags & MERGE_STDERR), &child);
	if (child.is_here)
		become(&command, child.failure);
	if (!job)
		send_error(id, errno, "cannot start %s: %s", command.argv[0], strerror(errno));
	else
		job->to_results = command.flags & TO_RESULTS;
}
