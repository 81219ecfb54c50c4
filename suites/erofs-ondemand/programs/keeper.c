// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keeper: a process that holds file descriptors for a daemon that may die, and hands them to the one that comes after it.
 * Messages on a SOCK_SEQPACKET socket, fds attached:
 *
 *   device + fd            the device, of which the keeper keeps the newest
 *   object ID KEY + fd     an anonymous fd
 *   forget ID              closes it
 *   give                   answered with all of the above, then "end"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ondemandd.h"

#define MAX_KEPT (MAX_OBJECTS + 1)

/* `what` is the message it came with, "device" or "object ID KEY". */
struct kept {
	char what[LINE_SIZE];
	int fd;
};

static int send_message(int socket, const char *text, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec vector = { .iov_base = (void *)text, .iov_len = strlen(text) + 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
	struct cmsghdr *part;

	if (fd >= 0) {
		header.msg_control = control;
		header.msg_controllen = sizeof(control);
		part = CMSG_FIRSTHDR(&header);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(int));
	}
	return sendmsg(socket, &header, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Returns the length of the message, 0 at the end, -1 on error; `*fd` is -1 when none was attached. */
static ssize_t receive_message(int socket, char *text, size_t size, int *fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec vector = { .iov_base = text, .iov_len = size - 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	ssize_t length = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
	struct cmsghdr *part = length > 0 ? CMSG_FIRSTHDR(&header) : NULL;

	*fd = -1;
	if (part && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(part), sizeof(int));
	text[length > 0 ? length : 0] = '\0';
	return length;
}

static bool is_of_object(const char *what, unsigned long id)
{
	return strncmp(what, "object ", 7) == 0 && strtoul(what + 7, NULL, 10) == id;
}

static void keep(struct kept *kept, size_t *count, const char *what, int fd)
{
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(kept[i].what, what) == 0) {
			close(kept[i].fd);
			kept[i].fd = fd;
			return;
		}
	}
	if (*count == MAX_KEPT) {
		complain("the keeper is full, %s was not kept", what);
		close(fd);
		return;
	}
	snprintf(kept[*count].what, sizeof(kept[*count].what), "%s", what);
	kept[(*count)++].fd = fd;
}

static void forget(struct kept *kept, size_t *count, unsigned long id)
{
	for (size_t i = *count; i-- > 0;) {
		if (!is_of_object(kept[i].what, id))
			continue;
		close(kept[i].fd);
		kept[i] = kept[--*count];
	}
}

/* Serves one message of a daemon. Returns -1 when the daemon has gone. */
static int serve(int client, struct kept *kept, size_t *count)
{
	char text[LINE_SIZE];
	int fd;

	if (receive_message(client, text, sizeof(text), &fd) <= 0)
		return -1;
	if (fd >= 0) {
		keep(kept, count, text, fd);
	} else if (strncmp(text, "forget ", 7) == 0) {
		forget(kept, count, strtoul(text + 7, NULL, 10));
	} else if (strcmp(text, "give") == 0) {
		for (size_t i = 0; i < *count; i++)
			if (send_message(client, kept[i].what, kept[i].fd) < 0)
				return -1;
		return send_message(client, "end", -1);
	}
	return 0;
}

/* Daemons come one after another; the messages of a dead one are read to their end before the next is listened to. */
int keeper_main(int argc, char **argv)
{
	static struct kept kept[MAX_KEPT];
	size_t count = 0;
	int listener;

	if (argc != 1) {
		complain("--keeper-run needs the path of a socket");
		return 2;
	}
	listener = unix_socket(argv[0], SOCK_SEQPACKET, true);
	if (listener < 0)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0)
			return 1;
		while (serve(client, kept, &count) == 0)
			;
		close(client);
	}
}

int keeper_dial(struct daemon *daemon, const char *path)
{
	daemon->keeper = unix_socket(path, SOCK_SEQPACKET, false);
	return daemon->keeper < 0 ? -1 : 0;
}

/* Hands something over; the keeper's socket holds it from now on, whatever becomes of us. */
void keeper_keep(const struct daemon *daemon, const char *what, int fd)
{
	if (daemon->keeper >= 0 && send_message(daemon->keeper, what, fd) < 0)
		complain("the keeper did not take '%s': %s", what, strerror(errno));
}

static int take_over(struct daemon *daemon, const char *what, int fd)
{
	char key[KEY_SIZE] = "";
	uint32_t id = 0;

	if (strcmp(what, "device") == 0) {
		daemon->device = fd;
		return 0;
	}
	if (sscanf(what, "object %" SCNu32 " %255s", &id, key) != 2 || !image_open(daemon, key) ||
	    !object_add(daemon, id, fd, image_find(daemon, key))) {
		complain("the keeper gave '%s'", what);
		return -1;
	}
	return 0;
}

/* Takes what the keeper has. The device is -1 afterwards when it had none. Returns -1 after it has complained. */
int keeper_take_over(struct daemon *daemon)
{
	char text[LINE_SIZE];
	int fd;

	keeper_keep(daemon, "give", -1);
	for (;;) {
		if (receive_message(daemon->keeper, text, sizeof(text), &fd) <= 0) {
			complain("the keeper hung up");
			return -1;
		}
		if (fd < 0)
			return 0;
		if (take_over(daemon, text, fd) < 0)
			return -1;
	}
}
