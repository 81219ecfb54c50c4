// SPDX-License-Identifier: GPL-2.0-only
/* The tree as an ordinary server has it. Names and attributes are valid for no time at all, so the kernel asks each time. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "server.h"

struct node *server_node(struct server *server, uint64_t id)
{
	for (size_t i = 0; i < server->node_count; i++)
		if (server->nodes[i].id == id)
			return &server->nodes[i];
	return NULL;
}

static struct node *named(struct server *server, const char *name)
{
	for (size_t i = 0; i < server->node_count; i++)
		if (server->nodes[i].name && strcmp(server->nodes[i].name, name) == 0)
			return &server->nodes[i];
	return NULL;
}

void node_attributes(const struct node *node, struct fuse_attr *attributes)
{
	*attributes = (struct fuse_attr){
		.ino = node->id,
		.mode = node->mode,
		.size = node->size,
		.blocks = (node->size + 511) / 512,
		.blksize = 4096,
		.nlink = S_ISDIR(node->mode) ? 2 : 1,
	};
}

static void lookup(struct server *server, const struct request *request)
{
	const struct node *node = named(server, request->body);
	struct fuse_entry_out out = { 0 };

	if (!node) {
		server_reply(server, request->header->unique, -ENOENT, NULL, 0);
		return;
	}
	out.nodeid = node->id;
	out.generation = node->generation;
	node_attributes(node, &out.attr);
	server_reply(server, request->header->unique, 0, &out, sizeof(out));
}

static void attributes(struct server *server, uint64_t unique, const struct node *node)
{
	struct fuse_attr_out out = { 0 };

	node_attributes(node, &out.attr);
	server_reply(server, unique, 0, &out, sizeof(out));
}

static void set_attributes(struct server *server, const struct request *request, struct node *node)
{
	const struct fuse_setattr_in *in = request->body;

	if (in->valid & FATTR_SIZE) {
		if (in->size > NODE_BYTES) {
			server_reply(server, request->header->unique, -EFBIG, NULL, 0);
			return;
		}
		if (in->size > node->size)
			memset(node->data + node->size, 0, in->size - node->size);
		node->size = in->size;
	}
	if (in->valid & FATTR_MODE)
		node->mode = (node->mode & S_IFMT) | (in->mode & 07777);
	attributes(server, request->header->unique, node);
}

static void read_file(struct server *server, const struct request *request, const struct node *node)
{
	const struct fuse_read_in *in = request->body;
	size_t offset = in->offset < node->size ? in->offset : node->size;
	size_t size = in->size < node->size - offset ? in->size : node->size - offset;

	server_reply(server, request->header->unique, 0, node->data + offset, size);
}

static void write_file(struct server *server, const struct request *request, struct node *node)
{
	const struct fuse_write_in *in = request->body;
	struct fuse_write_out out = { .size = in->size };

	if (in->offset + in->size > NODE_BYTES) {
		server_reply(server, request->header->unique, -EFBIG, NULL, 0);
		return;
	}
	memcpy(node->data + in->offset, in + 1, in->size);
	if (in->offset + in->size > node->size)
		node->size = in->offset + in->size;
	server_reply(server, request->header->unique, 0, &out, sizeof(out));
}

/* Every node but the root, in one answer, with its attributes. */
static void read_folder(struct server *server, const struct request *request)
{
	const struct fuse_read_in *in = request->body;
	char buffer[4096];
	size_t used = 0;

	for (size_t i = in->offset; i < server->node_count; i++) {
		const struct node *node = &server->nodes[i];
		struct fuse_direntplus *entry = (void *)(buffer + used);
		size_t length, size;

		if (!node->name)
			continue;
		length = strlen(node->name);
		size = FUSE_DIRENT_ALIGN(offsetof(struct fuse_direntplus, dirent.name) + length);
		if (used + size > sizeof(buffer) || used + size > in->size)
			break;
		memset(entry, 0, size);
		entry->entry_out.nodeid = node->id;
		entry->entry_out.generation = node->generation;
		node_attributes(node, &entry->entry_out.attr);
		entry->dirent.ino = node->id;
		entry->dirent.off = i + 1;
		entry->dirent.type = (node->mode & S_IFMT) >> 12;
		entry->dirent.namelen = length;
		memcpy(entry->dirent.name, node->name, length);
		used += size;
	}
	server_reply(server, request->header->unique, 0, buffer, used);
}

void tree_answer(struct server *server, const struct request *request)
{
	struct node *node = server_node(server, request->header->nodeid);
	uint64_t unique = request->header->unique;

	switch (request->header->opcode) {
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		/* These want no answer. */
		return;
	case FUSE_DESTROY:
	case FUSE_FLUSH:
	case FUSE_FSYNC:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		server_reply(server, unique, 0, NULL, 0);
		return;
	}
	if (!node) {
		server_reply(server, unique, -ESTALE, NULL, 0);
		return;
	}
	switch (request->header->opcode) {
	case FUSE_LOOKUP:
		lookup(server, request);
		return;
	case FUSE_GETATTR:
		attributes(server, unique, node);
		return;
	case FUSE_SETATTR:
		set_attributes(server, request, node);
		return;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		server_reply(server, unique, 0, &(struct fuse_open_out){ .fh = node->id }, sizeof(struct fuse_open_out));
		return;
	case FUSE_READ:
		read_file(server, request, node);
		return;
	case FUSE_WRITE:
		write_file(server, request, node);
		return;
	case FUSE_READDIRPLUS:
		read_folder(server, request);
		return;
	default:
		server_reply(server, unique, -ENOSYS, NULL, 0);
	}
}
