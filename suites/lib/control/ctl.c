// SPDX-License-Identifier: GPL-2.0-only
/* The client of the control socket: sends one command, prints the answer without its "ok". Exit 0 ok, 1 error or deadline. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"

/* A count that has not come by then never will: the slowest request seen under emulation took less than a second. */
#define DEFAULT_DEADLINE_SECONDS 30

static int send_words(int fd, int count, char **words)
{
	char line[CONTROL_LINE] = "";
	size_t used = 0;

	for (int i = 0; i < count; i++) {
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%s%s", words[i], i + 1 < count ? " " : "\n");
		if (used >= sizeof(line)) {
			complain("a command has less than %d bytes", CONTROL_LINE);
			return -1;
		}
	}
	/* Of a daemon that has hung up, receive_line tells. */
	send(fd, line, used, MSG_NOSIGNAL);
	return 0;
}

/* One line into `line`, without its end; -1 when the deadline passes or the daemon goes away first. */
static int receive_line(int fd, char *line, size_t size, int deadline_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	size_t used = 0;

	while (used < size - 1) {
		int ready = poll(&poll_fd, 1, deadline_ms);
		ssize_t got;

		if (ready == 0)
			complain("no answer within %d s", deadline_ms / 1000);
		if (ready <= 0)
			return -1;
		got = read(fd, line + used, 1);
		if (got <= 0) {
			complain("the daemon hung up before it answered");
			return -1;
		}
		if (line[used] == '\n') {
			line[used] = '\0';
			return 0;
		}
		used++;
	}
	return -1;
}

int ctl_main(int argc, char **argv)
{
	int deadline_seconds = DEFAULT_DEADLINE_SECONDS;
	char line[CONTROL_LINE];
	const char *path;
	int fd;

	if (argc < 2) {
		complain("--ctl needs a socket and a command");
		return 2;
	}
	path = argv[0];
	argc--;
	argv++;
	if (argc > 2 && strcmp(argv[0], "--deadline") == 0) {
		deadline_seconds = atoi(argv[1]);
		argc -= 2;
		argv += 2;
	}
	fd = unix_socket(path, SOCK_STREAM, false);
	if (fd < 0)
		return 1;
	if (send_words(fd, argc, argv) < 0 || receive_line(fd, line, sizeof(line), deadline_seconds * 1000) < 0)
		return 1;
	if (strncmp(line, "ok", 2) != 0) {
		complain("%s", line);
		return 1;
	}
	puts(line[2] == ' ' ? line + 3 : "");
	return 0;
}
