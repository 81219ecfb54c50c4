// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server says that an open file or folder is of another type than it was. From then on it is bad for good and every call on
 * it fails, but it is still open: what was attached to it, such as a dnotify watch, must be taken off when it is closed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2
#define FOLDER_ID 3

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0755 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 0644, .name = "file", .size = 8192 },
	{ .id = FOLDER_ID, .generation = 1, .mode = S_IFDIR | 0755, .name = "folder" },
};

struct lie {
	uint64_t node;
	bool told;
};

/* The answer to the next GETATTR is of the wrong type. */
static bool lie_once(struct server *server, const struct request *request)
{
	struct lie *lie = server->hook_data;
	struct fuse_attr_out out = { 0 };

	if (request->header->opcode != FUSE_GETATTR || request->header->nodeid != lie->node || lie->told)
		return false;
	lie->told = true;
	node_attributes(server_node(server, lie->node), &out.attr);
	out.attr.mode ^= S_IFREG ^ S_IFDIR;
	server_reply(server, request->header->unique, 0, &out, sizeof(out));
	return true;
}

static bool fails_with_eio(long result)
{
	return result < 0 && errno == EIO;
}

int bad_inode(const char *mountpoint, const char *what)
{
	bool is_folder = strcmp(what, "folder") == 0;
	struct lie lie = { .node = is_folder ? FOLDER_ID : FILE_ID };
	struct server server = { .hook = lie_once, .hook_data = &lie };
	char *map = MAP_FAILED, byte;
	struct stat st;
	int root, fd;

	plan(5);
	deadline(20, "a file of the wrong type");
	server_start(&server, mountpoint, nodes, 3, 0);
	root = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(root, what, (is_folder ? O_RDONLY | O_DIRECTORY : O_RDWR) | O_CLOEXEC);
	if (fd < 0)
		give_up("%s does not open", what);
	if (is_folder) {
		signal(SIGIO, SIG_IGN);
		if (fcntl(fd, F_NOTIFY, DN_CREATE | DN_ATTRIB | DN_MULTISHOT) < 0)
			give_up("no watch on the folder");
	} else {
		map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED)
			give_up("the file cannot be mapped");
		map[0] = 1;
	}
	check(fails_with_eio(fstat(fd, &st)), "attributes of the wrong type are refused");
	check(fails_with_eio(fstat(fd, &st)), "what was bad once stays so");
	check(fails_with_eio(is_folder ? fchmod(fd, 0700) : pread(fd, &byte, 1, 4096)), "calls on it fail");
	evidence("lies", lie.told);
	if (map != MAP_FAILED)
		munmap(map, 8192);
	close(fd);
	check(fstatat(root, what, &st, 0) == 0, "its name is good again when nobody has it open");
	close(root);
	check(server_stop(&server), "nothing is in use any more");
	return verdict();
}
