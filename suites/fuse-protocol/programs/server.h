/* SPDX-License-Identifier: GPL-2.0-only */
/* A FUSE server on the raw device: a tiny tree, served by one thread, where a case may answer any request in its own way. */
#ifndef SERVER_H
#define SERVER_H

#include <linux/fuse.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NODE_BYTES (64 * 1024)
#define OPCODES 64

/* A file or folder. The tree is one level deep: the root, which is node 1, and what is in it. */
struct node {
	uint64_t id;
	uint64_t generation;
	mode_t mode;
	const char *name;
	size_t size;
	char data[NODE_BYTES];
};

struct request {
	const struct fuse_in_header *header;
	const void *body;
	size_t size;
};

struct server {
	int device;
	const char *mountpoint;
	uint64_t init_flags;
	struct node *nodes;
	size_t node_count;
	/* Asked first about each request, with the lock held; true when the request needs no other answer, now or at all. */
	bool (*hook)(struct server *server, const struct request *request);
	void *hook_data;
	pthread_t thread;
	bool abandoned;
	/* Guards nodes, counts and the hook's data; `changed` is told after every request. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t counts[OPCODES];
	uint64_t negotiated;
};

/* Mounts the tree and begins to serve it; `init_flags` are FUSE_* of the INIT answer. Does not return without success. */
void server_start(struct server *server, const char *mountpoint, struct node *nodes, size_t count, uint64_t init_flags);

/* Unmounts; false when something is still in use. */
bool server_stop(struct server *server);

/* Lets go of the device with all that is in hand, as the kernel sees it when a server dies. */
void server_abandon(struct server *server);

/* The answer to a request: an error such as -EIO, or a body. */
void server_reply(struct server *server, uint64_t unique, int error, const void *body, size_t size);

/* NOTIFY_INVAL_INODE over all of a node's content; returns when the kernel has carried it out. */
int server_invalidate(struct server *server, uint64_t node);

/* NOTIFY_STORE: content that the kernel did not ask for. */
int server_store(struct server *server, uint64_t node, uint64_t offset, const void *data, size_t size);

struct node *server_node(struct server *server, uint64_t id);

void node_attributes(const struct node *node, struct fuse_attr *attributes);

/* tree.c: what a server with no wishes of its own answers. */
void tree_answer(struct server *server, const struct request *request);

#endif
