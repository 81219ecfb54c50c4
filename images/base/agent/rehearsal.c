// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that a template holds at its first instruction. When a clone starts, it runs to its end on whatever CPU is idle, and so
 * what the first real program needs at its start and at its end is translated (TCG) when that one comes there.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

static pid_t held;

/* The agent waits for fork and exec here: that is the root's own file system, and nobody else is served yet. */
bool keep_rehearsal(void)
{
	static char *argv[] = { "/bin/true", NULL };
	int status;

	if (held)
		return true;
	held = fork();
	if (held == 0) {
		close_range(3, ~0U, 0);
		/* exec stops a traced program before its first instruction. */
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[0], argv);
		_exit(1);
	}
	if (held > 0 && waitpid(held, &status, 0) == held && WIFSTOPPED(status))
		return true;
	held = 0;
	return false;
}

void rehearse(void)
{
	if (held && ptrace(PTRACE_DETACH, held, NULL, NULL))
		kill(held, SIGKILL);
	held = 0;
}
