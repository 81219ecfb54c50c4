// SPDX-License-Identifier: GPL-2.0-only
/*
 * FUSE_HANDLE_KILLPRIV_V2: the server clears set-user-ID and set-group-ID bits, and the kernel tells it when: with each write and
 * truncation by somebody who lacks CAP_FSETID, and with no other.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.h"

#define FILE_ID 2
#define USER 1000

static struct node nodes[] = {
	{ .id = FUSE_ROOT_ID, .mode = S_IFDIR | 0777 },
	{ .id = FILE_ID, .generation = 1, .mode = S_IFREG | 06755, .name = "program", .size = 4096 },
};

struct seen {
	uint64_t writes;
	uint64_t marked;
	uint64_t truncations;
	uint64_t marked_truncations;
};

static bool look(struct server *server, const struct request *request)
{
	struct seen *seen = server->hook_data;

	if (request->header->opcode == FUSE_WRITE) {
		seen->writes++;
		seen->marked += (((const struct fuse_write_in *)request->body)->write_flags & FUSE_WRITE_KILL_SUIDGID) != 0;
	}
	if (request->header->opcode == FUSE_SETATTR && ((const struct fuse_setattr_in *)request->body)->valid & FATTR_SIZE) {
		seen->truncations++;
		seen->marked_truncations += (((const struct fuse_setattr_in *)request->body)->valid & FATTR_KILL_SUIDGID) != 0;
	}
	return false;
}

/* What was seen of one call made by `user`. */
static struct seen during(struct server *server, uid_t user, bool (*call)(int fd), int fd)
{
	struct seen before = *(struct seen *)server->hook_data, *after = server->hook_data;
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit((user == 0 || setresuid(user, user, user) == 0) && call(fd) ? 0 : 1);
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		give_up("user %u cannot do it", user);
	return (struct seen){
		after->writes - before.writes,
		after->marked - before.marked,
		after->truncations - before.truncations,
		after->marked_truncations - before.marked_truncations,
	};
}

static bool write_page(int fd)
{
	static char page[4096] __attribute__((aligned(4096)));

	return pwrite(fd, page, sizeof(page), 0) == sizeof(page) && fsync(fd) == 0;
}

static bool truncate_file(int fd)
{
	return ftruncate(fd, 100) == 0;
}

int kill_suidgid(const char *mountpoint, const char *how)
{
	bool writeback = strcmp(how, "writeback") == 0, direct = strcmp(how, "direct") == 0;
	struct seen seen = { 0 }, of_root, of_user, root_cut, cut;
	struct server server = { .hook = look, .hook_data = &seen };
	int folder, fd;

	plan(5);
	deadline(20, "writes of two users");
	server_start(&server, mountpoint, nodes, 2, FUSE_HANDLE_KILLPRIV_V2 | (writeback ? FUSE_WRITEBACK_CACHE : 0));
	folder = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = openat(folder, "program", O_RDWR | O_CLOEXEC | (direct ? O_DIRECT : 0));
	if (fd < 0)
		give_up("the file does not open");

	of_root = during(&server, 0, write_page, fd);
	check(of_root.writes == 1 && of_root.marked == 0, "root's write keeps the bits");
	of_user = during(&server, USER, write_page, fd);
	check(of_user.writes > 0 && of_user.marked == of_user.writes, "a user's write asks for set-user-ID to be cleared");
	root_cut = during(&server, 0, truncate_file, fd);
	check(root_cut.truncations == 1 && root_cut.marked_truncations == 0, "root's truncation keeps them");
	cut = during(&server, USER, truncate_file, fd);
	check(cut.truncations == 1 && cut.marked_truncations == 1, "a user's truncation asks for it too");
	evidence("negotiated", (server.negotiated & FUSE_HANDLE_KILLPRIV_V2) != 0);
	evidence("user_writes", of_user.writes);
	close(fd);
	close(folder);
	check(server_stop(&server), "nothing is in use any more");
	return verdict();
}
