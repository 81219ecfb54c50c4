// SPDX-License-Identifier: GPL-2.0-only
/* One device for one daemon; but a daemon may fork, and pass its fds on. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

static void open_device(const void *unused)
{
	int device = device_open();

	(void)unused;
	_exit(device < 0 ? -device : 0);
}

static void open_without_capability(const void *unused)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (syscall(SYS_capset, &header, none) < 0)
		_exit(WRONG_CONTENT);
	open_device(unused);
}

static int status_of(void (*body)(const void *))
{
	struct task task = task_start(body, NULL);

	return task_end(&task, PATIENCE);
}

static void exclusive(struct cache *cache)
{
	check_result(device_open(), -EBUSY, "a second open by its holder");
	check_result(status_of(open_device), EBUSY, "an open by another process");
	check_result(status_of(open_without_capability), EPERM, "an open without CAP_SYS_ADMIN");
	check_result(device_tell(cache->device, "restore"), 0, "the first is as good as before");
	close(cache->device);
	cache->device = -1;
	check_result(status_of(open_device), 0, "closed, another process can open it");
}

static void send_fd(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec data = { .iov_base = "f", .iov_len = 1 };
	struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&header);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	check_result(sendmsg(socket, &header, 0), 1, "the fd is sent");
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	int fd = -1;

	if (recvmsg(socket, &header, 0) == 1 && CMSG_FIRSTHDR(&header))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&header)), sizeof(int));
	return fd;
}

/* Another process that answers what comes from the device, until its end of the socket is closed; its status is how often. */
struct server {
	pid_t pid;
	int socket;
};

static int serve(struct cache *cache, int socket)
{
	for (int served = 0;;) {
		struct pollfd fds[] = { { .fd = cache->device, .events = POLLIN }, { .fd = socket, .events = POLLIN } };
		struct message message;

		if (poll(fds, 2, -1) < 0 || fds[1].revents)
			return served;
		if (device_read(cache->device, &message, sizeof(message)) > 0 && answer(cache, &message) == 0)
			served++;
	}
}

/* It has our fds, or, where it `receives`, none: the device is then sent to it. */
static struct server server_start(struct cache *cache, bool receives)
{
	int pair[2];
	struct server server;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	server = (struct server){ .pid = fork(), .socket = pair[0] };
	if (server.pid == 0) {
		if (receives) {
			dup2(pair[1], 3);
			close_range(4, ~0U, 0);
			pair[1] = 3;
			cache->device = receive_fd(pair[1]);
		} else {
			close(pair[0]);
		}
		_exit(serve(cache, pair[1]));
	}
	close(pair[1]);
	return server;
}

/* How many requests it answered. */
static int server_end(struct server *server)
{
	int status = 0;

	close(server->socket);
	waitpid(server->pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static void served_by_another(struct cache *cache, bool receives)
{
	struct server server = server_start(cache, receives);
	struct task task;

	if (receives)
		send_fd(server.socket, cache->device);
	close(cache->device);
	cache->device = -1;
	task = cache_mount_start(cache, "a", "a");
	check_result(task_end(&task, PATIENCE), 0, "another process serves a mount");
	task = reader_start("a", 1);
	check_result(task_end(&task, PATIENCE), 0, "and a reader, which has the right bytes");
	check_result(device_open(), -EBUSY, "the device is taken as long as that process has it");
	cache_unmount(cache, "a");
	check(wait_until(PATIENCE, cookies_are_gone, NULL), "it is told to close");
	server_end(&server);
}

static void forked(struct cache *cache)
{
	served_by_another(cache, false);
}

static void passed(struct cache *cache)
{
	served_by_another(cache, true);
}

/* The whole process is the receiver's: it completes the READ with what it got. */
static void complete_elsewhere(struct cache *cache)
{
	struct message message;
	struct task reader;
	int pair[2];
	int status;
	pid_t pid;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	if (!expect(cache, &message, CACHEFILES_OP_READ, "a READ is in hand"))
		return;
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	pid = fork();
	if (pid == 0) {
		dup2(pair[1], 3);
		close_range(4, ~0U, 0);
		object_of(cache, message.head.object_id)->fd = receive_fd(3);
		_exit(-answer(cache, &message));
	}
	close(pair[1]);
	send_fd(pair[0], object_of(cache, message.head.object_id)->fd);
	waitpid(pid, &status, 0);
	close(pair[0]);
	check_result(status, 0, "a process that was given the anonymous fd completes the READ");
	check_result(finish(cache, &reader), 0, "its reader has the right bytes");
}

/* The fd is nowhere but in a socket that nobody reads, and goes with it. */
static void in_flight(struct cache *cache)
{
	struct object *object;
	struct message message;
	struct task reader;
	uint32_t id;
	int pair[2];

	if (!cache_mount(cache, "a"))
		return;
	object = object_named(cache, "a.blob");
	id = object->id;
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	send_fd(pair[0], object->fd);
	object_close(cache, object);
	reader = reader_start("a", 1);
	if (expect(cache, &message, CACHEFILES_OP_READ, "a READ comes, for the fd is open in the socket"))
		check_result(message.head.object_id, id, "of the same object");
	close(pair[0]);
	close(pair[1]);
	check(task_runs(&reader), "the socket gone, the reader still waits");
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	check_result(finish(cache, &reader), 0, "the file is opened again, and the reader has the right bytes");
	check(object_named(cache, "a.blob") && object_named(cache, "a.blob")->id != id, "under another object id");
}

/* All but that one are stopped, when this returns, or go on. */
static void signal_others(const struct server *servers, int count, int one, int number)
{
	for (int i = 0; i < count; i++) {
		if (i == one)
			continue;
		kill(servers[i].pid, number);
		if (number == SIGSTOP)
			waitpid(servers[i].pid, NULL, WUNTRACED);
	}
}

/* Each request goes to one of those that read the device. */
static void several_readers(struct cache *cache)
{
	enum { SERVERS = 3, READERS = 24 };
	struct server servers[SERVERS];
	struct task readers[READERS];
	int right = 0, alone = 0, served = 0;

	if (!cache_mount(cache, "a"))
		return;
	for (int i = 0; i < SERVERS; i++)
		servers[i] = server_start(cache, false);
	for (int i = 0; i < SERVERS; i++) {
		struct task reader;

		signal_others(servers, SERVERS, i, SIGSTOP);
		reader = reader_start("a", READERS + i);
		alone += task_end(&reader, PATIENCE) == 0;
		signal_others(servers, SERVERS, i, SIGCONT);
	}
	check_result(alone, SERVERS, "each of three processes serves while the others are stopped");
	for (int i = 0; i < READERS; i++)
		readers[i] = reader_start("a", i);
	for (int i = 0; i < READERS; i++)
		right += task_end(&readers[i], PATIENCE) == 0;
	check_result(right, READERS, "three processes serve, and every reader has the right bytes");
	evidence("served_by_three", right);
	/* The last one first: each has the sockets of those before it. */
	for (int i = SERVERS; i-- > 0;)
		served += server_end(&servers[i]) > 0;
	check_result(served, SERVERS, "each of them has answered");
	evidence("servers", served);
}

static const struct test tests[] = {
	{ "the device is for one at a time, with CAP_SYS_ADMIN", exclusive, false },
	{ "a child goes on with the device", forked, false },
	{ "so does who was sent it", passed, false },
	{ "an anonymous fd can be sent", complete_elsewhere, false },
	{ "an anonymous fd in a socket is open, and closed with it", in_flight, false },
	{ "a request goes to one reader of the device", several_readers, false },
};

const struct group sharing_group = GROUP("sharing", tests);
