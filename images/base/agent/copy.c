// SPDX-License-Identifier: GPL-2.0-only
/* Files to and from the host, each copied by a child: PUSH_OPEN and PULL. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

/* Copies 0 to 1; returns an errno. */
static int copy(void)
{
	static unsigned char buffer[WINDOW];

	for (;;) {
		ssize_t length = read(0, buffer, sizeof(buffer));

		if (length == 0)
			return 0;
		if (length < 0)
			return errno;
		for (ssize_t done = 0; done < length;) {
			ssize_t n = write(1, buffer + done, length - done);

			if (n < 0)
				return errno;
			done += n;
		}
	}
}

/* The file while it is not whole. */
static char aside[4096];

/* It ends whatever this child is at: a flag for copy() to see could be set just before a read that waits for ever. */
static void give_up(int number)
{
	(void)number;
	unlink(aside);
	_exit(EINTR);
}

static int save(char *path, mode_t mode)
{
	char *base = strrchr(path, '/');
	int fd, error;

	if (!base || base[1] == '\0')
		return EISDIR;
	if (snprintf(aside, sizeof(aside), "%.*s/.aside-%d-%s", (int)(base - path), path, getpid(), base + 1) >= (int)sizeof(aside))
		return ENAMETOOLONG;
	signal(SIGTERM, give_up);
	make_parents(path);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || dup2(fd, 1) < 0)
		return errno;
	error = copy();
	if (!error && (fchmod(fd, mode) || rename(aside, path)))
		error = errno;
	if (error)
		unlink(aside);
	return error;
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, 0) < 0)
		return errno;
	return copy();
}

void start_copy(enum kind kind, uint32_t id, unsigned char *payload, size_t length)
{
	size_t skipped = kind == SAVE ? 4 : 0;
	char *path = (char *)payload + skipped;
	struct child child;

	if (length <= skipped || payload[length - 1] != '\0' || path[0] != '/') {
		send_error(id, EBADMSG, "not an absolute path");
		return;
	}
	struct job *job = launch(kind, id, kind == SAVE, true, &child);

	if (child.is_here) {
		/* Copies of other jobs' pipes would keep them from ending. */
		if (close_range(3, ~0U, 0))
			_exit(errno);
		_exit(kind == SAVE ? save(path, get32(payload) & 07777) : load(path));
	}
	if (!job) {
		send_error(id, errno, "%s: %s", path, strerror(errno));
		return;
	}
	if (kind == SAVE)
		fcntl(job->to_child.fd, F_SETPIPE_SZ, WINDOW);
	else
		fcntl(job->out.fd, F_SETPIPE_SZ, WINDOW);
}
