// SPDX-License-Identifier: GPL-2.0-only
/* The connection: mount, the thread that reads requests, answers and notifications. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <unistd.h>

#include "case.h"
#include "server.h"

/* FUSE_MIN_READ_BUFFER and the largest write, with their headers. */
#define BUFFER_BYTES (256 * 1024)
#define MAX_WRITE (128 * 1024)

static int send_message(struct server *server, struct fuse_out_header *header, const struct iovec *parts, int count)
{
	struct iovec message[3] = { { header, sizeof(*header) } };

	header->len = sizeof(*header);
	for (int i = 0; i < count; i++) {
		message[i + 1] = parts[i];
		header->len += parts[i].iov_len;
	}
	return writev(server->device, message, count + 1) < 0 ? -errno : 0;
}

void server_reply(struct server *server, uint64_t unique, int error, const void *body, size_t size)
{
	struct fuse_out_header header = { .unique = unique, .error = error };
	struct iovec part = { (void *)body, size };
	int result = send_message(server, &header, &part, error ? 0 : 1);

	/* ENOENT: whoever asked was interrupted meanwhile. */
	if (result < 0 && result != -ENOENT)
		give_up("the kernel refused the answer to request %llu: %s", (unsigned long long)unique, strerror(-result));
}

int server_invalidate(struct server *server, uint64_t node)
{
	struct fuse_out_header header = { .error = FUSE_NOTIFY_INVAL_INODE };
	struct fuse_notify_inval_inode_out body = { .ino = node };
	struct iovec part = { &body, sizeof(body) };

	return send_message(server, &header, &part, 1);
}

int server_store(struct server *server, uint64_t node, uint64_t offset, const void *data, size_t size)
{
	struct fuse_out_header header = { .error = FUSE_NOTIFY_STORE };
	struct fuse_notify_store_out body = { .nodeid = node, .offset = offset, .size = size };
	struct iovec parts[] = { { &body, sizeof(body) }, { (void *)data, size } };

	return send_message(server, &header, parts, 2);
}

static void answer_init(struct server *server, const struct request *request)
{
	const struct fuse_init_in *in = request->body;
	uint64_t offered = in->flags | ((uint64_t)in->flags2 << 32);
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.max_background = 16,
		.max_write = MAX_WRITE,
		.time_gran = 1,
	};

	server->negotiated = server->init_flags & offered;
	out.flags = server->negotiated | FUSE_INIT_EXT;
	out.flags2 = server->negotiated >> 32;
	server_reply(server, request->header->unique, 0, &out, sizeof(out));
}

static void dispatch(struct server *server, const struct request *request)
{
	uint32_t opcode = request->header->opcode;

	pthread_mutex_lock(&server->lock);
	if (opcode < OPCODES)
		server->counts[opcode]++;
	if (opcode == FUSE_INIT)
		answer_init(server, request);
	else if (!server->hook || !server->hook(server, request))
		tree_answer(server, request);
	pthread_cond_broadcast(&server->changed);
	pthread_mutex_unlock(&server->lock);
}

static void *serve(void *argument)
{
	struct server *server = argument;
	char *buffer = malloc(BUFFER_BYTES);

	for (;;) {
		ssize_t size = read(server->device, buffer, BUFFER_BYTES);
		const struct fuse_in_header *header = (const void *)buffer;

		/* ENOENT: the request was withdrawn while it was read. ENODEV: unmounted. */
		if (size < 0 && (errno == ENOENT || errno == EINTR) && !__atomic_load_n(&server->abandoned, __ATOMIC_ACQUIRE))
			continue;
		if (size < (ssize_t)sizeof(*header))
			break;
		dispatch(server, &(struct request){ header, buffer + sizeof(*header), size - sizeof(*header) });
	}
	free(buffer);
	return NULL;
}

void server_start(struct server *server, const char *mountpoint, struct node *nodes, size_t count, uint64_t init_flags)
{
	char options[128];

	server->mountpoint = mountpoint;
	server->nodes = nodes;
	server->node_count = count;
	server->init_flags = init_flags;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->changed, NULL);
	server->device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (server->device < 0)
		give_up("/dev/fuse: %s", strerror(errno));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", server->device);
	if (mount("crucible", mountpoint, "fuse", MS_NODEV, options) < 0)
		give_up("mount of fuse at %s: %s", mountpoint, strerror(errno));
	if (pthread_create(&server->thread, NULL, serve, server) != 0)
		give_up("no thread for the server");
}

bool server_stop(struct server *server)
{
	if (umount2(server->mountpoint, 0) < 0)
		return false;
	pthread_join(server->thread, NULL);
	close(server->device);
	return true;
}

static void wake_up(int signal)
{
	(void)signal;
}

void server_abandon(struct server *server)
{
	struct sigaction action = { .sa_handler = wake_up };

	__atomic_store_n(&server->abandoned, true, __ATOMIC_RELEASE);
	sigaction(SIGUSR1, &action, NULL);
	/* A signal may come just before the read that it is to end. */
	while (pthread_tryjoin_np(server->thread, NULL) != 0) {
		pthread_kill(server->thread, SIGUSR1);
		brief_pause();
	}
	close(server->device);
}
