// SPDX-License-Identifier: GPL-2.0-only
/*
 * cue PID STEP NTH ACTION: traces the cachefilesd that runs as PID, and at the NTH time that it comes to STEP does ACTION, once.
 *
 *   before-poll  before-read  before-cull  before-inuse   a system call on /dev/cachefiles is about to be made: a poll, a read of the
 *   after-poll   ...                                      cache's state, a write of a command; or has just been made
 *
 *   kill           SIGKILL
 *   stop           SIGSTOP; cue lets go of the daemon, which stays stopped
 *   close-device   the daemon itself closes its fd of /dev/cachefiles, and goes on with the system call
 *
 * Prints `ready` when it traces and `done` when it has acted. SIGTERM ends it: the daemon goes on without it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t told_to_end;

static void on_term(int number)
{
	(void)number;
	told_to_end = 1;
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* The daemon's fd of the device, or -1. */
static int find_device(pid_t pid)
{
	for (int fd = 0; fd < 64; fd++) {
		char link[64], target[64];
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/%d/fd/%d", pid, fd);
		length = readlink(link, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (strcmp(target, "/dev/cachefiles") == 0)
			return fd;
	}
	return -1;
}

/* The first word of what the daemon is about to write, or has written; not by process_vm_readv(2), which is not in every kernel. */
static const char *word_written(pid_t pid, const struct user_regs_struct *regs)
{
	static char word[3 * sizeof(long)];
	size_t length = 0;

	memset(word, 0, sizeof(word));
	while (length < regs->rdx && length < 2 * sizeof(long)) {
		long part;

		errno = 0;
		part = ptrace(PTRACE_PEEKDATA, pid, (void *)(regs->rsi + length), 0);
		if (errno != 0)
			return NULL;
		memcpy(word + length, &part, sizeof(part));
		length += sizeof(part);
	}
	if (regs->rdx < length)
		word[regs->rdx] = '\0';
	word[strcspn(word, " \n")] = '\0';
	return word;
}

/* Which step the system call is, or NULL. */
static const char *step_of(pid_t pid, const struct user_regs_struct *regs, int device)
{
	switch (regs->orig_rax) {
	case SYS_poll:
	case SYS_ppoll:
	case SYS_restart_syscall:
		return "poll";
	case SYS_read:
		return (int)regs->rdi == device ? "read" : NULL;
	case SYS_write:
		return (int)regs->rdi == device ? word_written(pid, regs) : NULL;
	default:
		return NULL;
	}
}

/* Lets the daemon go on to its next stop; its status, or -1 when cue is to end. Signals that come meanwhile are the daemon's. */
static int go_on(pid_t pid)
{
	int number = 0, status;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, 0, number) < 0 || waitpid(pid, &status, __WALL) < 0)
			return -1;
		if (!WIFSTOPPED(status) || WSTOPSIG(status) == (SIGTRAP | 0x80))
			return status;
		number = status >> 16 ? 0 : WSTOPSIG(status);
	}
}

/* Makes the daemon close the fd; it stands at the entry of a system call, which it makes afterwards, or at its exit. */
static int make_close(pid_t pid, int fd, bool at_entry)
{
	struct user_regs_struct before, during;

	if (ptrace(PTRACE_GETREGS, pid, 0, &before) < 0)
		return -1;
	during = before;
	during.rdi = (unsigned int)fd;
	if (at_entry) {
		during.orig_rax = SYS_close;
	} else {
		/* Back on the instruction, two bytes long, that made the call. */
		during.rip -= 2;
		during.rax = SYS_close;
		during.orig_rax = (unsigned long)-1;
		if (ptrace(PTRACE_SETREGS, pid, 0, &during) < 0 || go_on(pid) < 0 || ptrace(PTRACE_GETREGS, pid, 0, &during) < 0)
			return -1;
	}
	if (ptrace(PTRACE_SETREGS, pid, 0, &during) < 0 || go_on(pid) < 0)
		return -1;
	if (at_entry) {
		before.rip -= 2;
		before.rax = before.orig_rax;
	}
	before.orig_rax = (unsigned long)-1;
	return ptrace(PTRACE_SETREGS, pid, 0, &before) < 0 ? -1 : 0;
}

static int act(pid_t pid, const char *action, int device, bool at_entry)
{
	int status;

	if (strcmp(action, "kill") == 0)
		return kill(pid, SIGKILL) < 0 || waitpid(pid, &status, __WALL) < 0 ? -1 : 0;
	if (strcmp(action, "stop") == 0)
		return kill(pid, SIGSTOP) < 0 || ptrace(PTRACE_DETACH, pid, 0, 0) < 0 ? -1 : 0;
	if (make_close(pid, device, at_entry) < 0)
		return -1;
	return ptrace(PTRACE_DETACH, pid, 0, 0) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct sigaction term = { .sa_handler = on_term };
	unsigned long nth;
	bool at_entry = false;
	char reached[32] = "";
	int device, status;
	pid_t pid;

	if (argc != 5) {
		fprintf(stderr, "usage: cue PID before-STEP|after-STEP NTH kill|stop|close-device\n");
		return 2;
	}
	pid = atoi(argv[1]);
	nth = strtoul(argv[3], NULL, 10);
	device = find_device(pid);
	if (device < 0) {
		fprintf(stderr, "process %s has no /dev/cachefiles\n", argv[1]);
		return 1;
	}
	sigaction(SIGTERM, &term, NULL);
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD) < 0 || ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 ||
	    waitpid(pid, &status, __WALL) < 0)
		return fail("ptrace");
	say("ready");
	while ((status = go_on(pid)) >= 0 && WIFSTOPPED(status)) {
		struct user_regs_struct regs;
		const char *step;

		if (ptrace(PTRACE_GETREGS, pid, 0, &regs) < 0)
			return fail("PTRACE_GETREGS");
		at_entry = !at_entry;
		step = step_of(pid, &regs, device);
		snprintf(reached, sizeof(reached), "%s-%s", at_entry ? "before" : "after", step ? step : "");
		if (!step || strcmp(reached, argv[2]) != 0 || --nth > 0)
			continue;
		if (act(pid, argv[4], device, at_entry) < 0)
			return fail(argv[4]);
		say("done");
		return 0;
	}
	/* A daemon that cue no longer traces goes on. */
	if (told_to_end)
		return 0;
	fprintf(stderr, "the daemon ended before it came to %s\n", argv[2]);
	return 1;
}
