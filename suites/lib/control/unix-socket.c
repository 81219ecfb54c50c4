// SPDX-License-Identifier: GPL-2.0-only
/* A Unix socket at a path, to listen on or connected. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

/* Returns the socket, or -1 after it has complained. What was left at the path by a daemon that died is removed. */
int unix_socket(const char *path, int type, bool is_listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int status;

	if (strlen(path) >= sizeof(address.sun_path)) {
		complain("socket path is too long: %s", path);
		return -1;
	}
	strcpy(address.sun_path, path);
	if (is_listening) {
		unlink(path);
		status = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -1 : listen(fd, CONTROL_CLIENTS);
	} else {
		status = connect(fd, (struct sockaddr *)&address, sizeof(address));
	}
	if (fd < 0 || status < 0) {
		complain("cannot %s %s: %s", is_listening ? "listen on" : "reach", path, strerror(errno));
		return -1;
	}
	return fd;
}
