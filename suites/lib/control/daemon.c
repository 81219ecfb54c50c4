// SPDX-License-Identifier: GPL-2.0-only
/* What a daemon under test does besides: complains under its name, ends when it is told to, says that it is ready. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "control.h"

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

/* SIGTERM and SIGINT, as a signalfd. A client that hangs up is no reason to end. */
int open_signals(void)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		complain("signalfd: %s", strerror(errno));
	return fd;
}

/* Writes "ready" to fd and closes it, if there is one. */
int tell_ready(int fd)
{
	if (fd < 0)
		return 0;
	if (write(fd, "ready\n", 6) != 6) {
		complain("cannot tell fd %d that we are ready: %s", fd, strerror(errno));
		return -1;
	}
	close(fd);
	return 0;
}
