// SPDX-License-Identifier: GPL-2.0-only
/* NOTIFY_STORE puts content into the page cache: it is read without a READ, until NOTIFY_INVAL_INODE takes it out again. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 0644, .name = "file", .size = 16384 },
};

static bool holds(int fd, char byte)
{
	char content[16384], wanted[16384];

	memset(wanted, byte, sizeof(wanted));
	return pread(fd, content, sizeof(content), 0) == sizeof(content) && memcmp(content, wanted, sizeof(content)) == 0;
}

int notify_store(const char *mountpoint, const char *unused)
{
	struct server server = { 0 };
	char stored[16384];
	int root, fd;

	(void)unused;
	plan(5);
	deadline(20, "a store");
	memset(nodes[1].data, 'o', sizeof(stored));
	memset(stored, 's', sizeof(stored));
	server_start(&server, mountpoint, nodes, 2, 0);
	root = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(root, "file", O_RDWR | O_CLOEXEC);
	check(server_store(&server, FILE_ID, 0, stored, sizeof(stored)) == 0, "the kernel takes what it did not ask for");
	check(holds(fd, 's'), "what was stored is read");
	check(server_count(&server, FUSE_READ) == 0, "the server is not asked for it");
	if (server_invalidate(&server, FILE_ID) < 0)
		give_up("the kernel refused NOTIFY_INVAL_INODE");
	check(holds(fd, 'o'), "after the invalidation the server's content is read");
	evidence("reads", server_count(&server, FUSE_READ));
	close(fd);
	close(root);
	check(server_stop(&server), "nothing is in use any more");
	return verdict();
}
