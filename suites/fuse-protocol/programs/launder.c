// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dirty page of a mapping is written back because its content is to be invalidated, and the server takes its time over the WRITE.
 * Whoever reads meanwhile must wait or see what was written: never what the server holds until it has done the WRITE.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2
#define FILE_PATH "file"

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 0644, .name = FILE_PATH, .size = 4096 },
};

/* A WRITE that is kept until `release`, and whether a READ came before that. */
struct held {
	uint64_t unique;
	char data[4096];
	size_t size;
	bool overtaken;
};

struct read_back {
	int file;
	char first;
};

static bool hold_writes(struct server *server, const struct request *request)
{
	struct held *held = server->hook_data;

	if (request->header->opcode == FUSE_WRITE && held->unique == 0) {
		const struct fuse_write_in *in = request->body;

		held->unique = request->header->unique;
		held->size = in->size < sizeof(held->data) ? in->size : sizeof(held->data);
		memcpy(held->data, in + 1, held->size);
		return true;
	}
	if (request->header->opcode == FUSE_READ && held->unique != 0 && held->size != 0)
		held->overtaken = true;
	return false;
}

static void release(struct server *server, struct held *held)
{
	struct fuse_write_out out = { .size = held->size };

	pthread_mutex_lock(&server->lock);
	memcpy(nodes[1].data, held->data, held->size);
	held->size = 0;
	pthread_mutex_unlock(&server->lock);
	server_reply(server, held->unique, 0, &out, sizeof(out));
}

static bool is_held(const struct server *server, const void *data)
{
	(void)server;
	return ((const struct held *)data)->unique != 0;
}

static bool is_overtaken(struct server *server, const struct held *held)
{
	bool overtaken;

	pthread_mutex_lock(&server->lock);
	overtaken = held->overtaken;
	pthread_mutex_unlock(&server->lock);
	return overtaken;
}

static void *notify(void *data)
{
	if (server_invalidate(data, FILE_ID) < 0)
		give_up("the kernel refused NOTIFY_INVAL_INODE");
	return NULL;
}

struct opening {
	int folder;
	int file;
};

/* Without FOPEN_KEEP_CACHE an open invalidates what is cached. It is not closed here: that would wait for WRITEs of its own accord. */
static void *open_again(void *data)
{
	struct opening *opening = data;

	opening->file = openat(opening->folder, FILE_PATH, O_RDONLY | O_CLOEXEC);
	if (opening->file < 0)
		give_up("the file does not open");
	return NULL;
}

static void *read_first(void *data)
{
	struct read_back *back = data;

	if (pread(back->file, &back->first, 1, 0) != 1)
		give_up("the file cannot be read");
	return NULL;
}

int launder(const char *mountpoint, const char *how)
{
	bool by_notice = strcmp(how, "notify") == 0;
	struct held held = { 0 };
	struct server server = { .hook = hold_writes, .hook_data = &held };
	struct task invalidation, reading;
	struct opening opening = { .file = -1 };
	struct read_back reader;
	char *map;

	plan(4);
	deadline(20, "a WRITE that is invalidated");
	memset(nodes[1].data, 'o', 4096);
	server_start(&server, mountpoint, nodes, 2, 0);
	opening.folder = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	reader.file = openat(opening.folder, FILE_PATH, O_RDWR | O_CLOEXEC);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reader.file, 0);
	if (reader.file < 0 || map == MAP_FAILED)
		give_up("the file cannot be mapped");
	check(map[0] == 'o', "the mapping shows what the server holds");
	memset(map, 'n', 4096);

	if (by_notice)
		task_start(&invalidation, notify, &server);
	else
		task_start(&invalidation, open_again, &opening);
	server_wait(&server, is_held, &held);
	while (!task_rests(&invalidation))
		brief_pause();
	check(!task_is_done(&invalidation), "the invalidation waits for the WRITE");

	task_start(&reading, read_first, &reader);
	while (!is_overtaken(&server, &held) && !task_rests(&reading))
		brief_pause();
	evidence("write_held", held.size);
	release(&server, &held);
	task_join(&invalidation);
	task_join(&reading);
	check(reader.first == 'n', "a read meanwhile gives what was written");
	munmap(map, 4096);
	close(reader.file);
	if (opening.file >= 0)
		close(opening.file);
	close(opening.folder);
	check(server_stop(&server), "nothing is in use any more");
	return verdict();
}
