// SPDX-License-Identifier: GPL-2.0-only
/* The server goes away with requests in hand and a dirty page in a mapping: whoever waits gets an error, and the mount can be taken down. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2
#define READERS 8

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 0644, .name = "file", .size = NODE_BYTES },
};

/* READs past the first page are kept for ever. */
static bool keep_reads(struct server *server, const struct request *request)
{
	uint64_t *kept = server->hook_data;

	if (request->header->opcode != FUSE_READ || ((const struct fuse_read_in *)request->body)->offset == 0)
		return false;
	(*kept)++;
	return true;
}

static bool all_kept(const struct server *server, const void *data)
{
	(void)server;
	return *(const uint64_t *)data >= READERS;
}

struct reader {
	int fd;
	off_t offset;
	int error;
};

static void *read_page(void *data)
{
	struct reader *reader = data;
	char page[4096];

	reader->error = pread(reader->fd, page, sizeof(page), reader->offset) < 0 ? errno : 0;
	return NULL;
}

int abandoned(const char *mountpoint, const char *unused)
{
	uint64_t kept = 0;
	struct server server = { .hook = keep_reads, .hook_data = &kept };
	struct reader readers[READERS];
	struct task tasks[READERS];
	struct stat st;
	int root, fd, aborted = 0;
	char *map;

	(void)unused;
	plan(3);
	deadline(20, "a server that is gone");
	server_start(&server, mountpoint, nodes, 2, 0);
	root = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(root, "file", O_RDWR | O_CLOEXEC);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		give_up("the file cannot be mapped");
	/* No readahead: each reader has a request of its own. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	madvise(map, 4096, MADV_RANDOM);
	map[0] = 1;
	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .fd = fd, .offset = (i + 1) * 4096 };
		task_start(&tasks[i], read_page, &readers[i]);
	}
	server_wait(&server, all_kept, &kept);
	evidence("requests_in_hand", kept);
	server_abandon(&server);
	for (int i = 0; i < READERS; i++) {
		task_join(&tasks[i]);
		/* A read whose readahead was aborted asks once more, of nobody: ENOTCONN. */
		aborted += readers[i].error == ECONNABORTED || readers[i].error == EIO || readers[i].error == ENOTCONN;
	}
	check(aborted == READERS, "every reader gets an error");
	check(fstat(fd, &st) < 0 && errno == ENOTCONN, "a new request finds no server");
	munmap(map, 4096);
	close(fd);
	close(root);
	check(umount2(mountpoint, 0) == 0, "the mount can be taken down");
	return verdict();
}
