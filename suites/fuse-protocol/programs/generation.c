// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server removes a file and gives its node number to a new one, with another generation. Whoever has the old one open must not
 * get at the new one through it; the name leads to the new one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 0644, .name = "file", .size = 4096 },
};

static void replace(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	nodes[1].generation++;
	memset(nodes[1].data, 'n', 4096);
	pthread_mutex_unlock(&server->lock);
}

static char first_byte(int fd)
{
	char byte = 0;

	return pread(fd, &byte, 1, 0) == 1 ? byte : 0;
}

static bool fails_with_eio(long result)
{
	return result < 0 && errno == EIO;
}

/* All entries, and with READDIRPLUS their nodes. */
static void list(const char *path)
{
	DIR *folder = opendir(path);

	if (!folder)
		give_up("the folder does not open");
	while (readdir(folder))
		;
	closedir(folder);
}

int generation(const char *mountpoint, const char *how)
{
	bool by_readdir = strcmp(how, "readdirplus") == 0;
	struct server server = { 0 };
	int root, old, new;
	struct stat st;
	char byte;

	plan(6);
	deadline(20, "a node number that is used again");
	memset(nodes[1].data, 'o', 4096);
	server_start(&server, mountpoint, nodes, 2, by_readdir ? FUSE_DO_READDIRPLUS : 0);
	root = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	old = openat(root, "file", O_RDWR | O_CLOEXEC);
	check(old >= 0 && first_byte(old) == 'o', "the old file is read");
	replace(&server);
	if (by_readdir)
		list(mountpoint);
	else if (fstatat(root, "file", &st, 0) < 0)
		give_up("the new file is not found");
	check(fails_with_eio(fstat(old, &st)), "the old descriptor has no attributes of the new file");
	check(fails_with_eio(pread(old, &byte, 1, 0)), "the old descriptor reads nothing of the new file");
	check(fails_with_eio(pwrite(old, "x", 1, 0)), "the old descriptor writes nothing into the new file");
	new = openat(root, "file", O_RDONLY | O_CLOEXEC);
	check(new >= 0 && first_byte(new) == 'n', "the name leads to the new file");
	evidence("lookups", server_count(&server, FUSE_LOOKUP));
	evidence("listings", server_count(&server, FUSE_READDIRPLUS));
	close(old);
	close(new);
	close(root);
	check(server_stop(&server), "nothing is in use any more");
	return verdict();
}
