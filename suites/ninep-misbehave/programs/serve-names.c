// SPDX-License-Identifier: GPL-2.0-only
/* Names in directories: made, linked, renamed, removed, read. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ninepd.h"

static int put_new(struct request *request, const struct fid *dir, const char *name)
{
	int path = openat(dir->path, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (path < 0)
		return errno;
	put_qid(&request->out, path);
	close(path);
	return 0;
}

int serve_mkdir(struct server *server, struct request *request)
{
	const struct fid *dir = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE];

	(void)server;
	if (!dir || !get_text(&request->in, name, sizeof(name)))
		return EBADF;
	return mkdirat(dir->path, name, (mode_t)get(&request->in, 4) & 07777) < 0 ? errno : put_new(request, dir, name);
}

int serve_mknod(struct server *server, struct request *request)
{
	const struct fid *dir = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE];
	mode_t mode;
	unsigned int major, minor;

	(void)server;
	if (!dir || !get_text(&request->in, name, sizeof(name)))
		return EBADF;
	mode = (mode_t)get(&request->in, 4);
	major = (unsigned int)get(&request->in, 4);
	minor = (unsigned int)get(&request->in, 4);
	return mknodat(dir->path, name, mode, makedev(major, minor)) < 0 ? errno : put_new(request, dir, name);
}

int serve_symlink(struct server *server, struct request *request)
{
	const struct fid *dir = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char target[PATH_MAX];
	char name[NAME_SIZE];

	(void)server;
	if (!dir || !get_text(&request->in, name, sizeof(name)) || !get_text(&request->in, target, sizeof(target)))
		return EBADF;
	return symlinkat(target, dir->path, name) < 0 ? errno : put_new(request, dir, name);
}

int serve_readlink(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char target[PATH_MAX];
	ssize_t length = fid ? readlinkat(fid->path, "", target, sizeof(target) - 1) : -1;

	(void)server;
	if (length < 0)
		return fid ? errno : EBADF;
	target[length] = '\0';
	put_text(&request->out, target);
	return 0;
}

int serve_link(struct server *server, struct request *request)
{
	const struct fid *dir = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE];
	char path[64];

	(void)server;
	if (!dir || !fid || !get_text(&request->in, name, sizeof(name)))
		return EBADF;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fid->path);
	return linkat(AT_FDCWD, path, dir->path, name, AT_SYMLINK_FOLLOW) < 0 ? errno : 0;
}

int serve_renameat(struct server *server, struct request *request)
{
	const struct fid *from = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE], new_name[NAME_SIZE];
	const struct fid *to;

	(void)server;
	get_text(&request->in, name, sizeof(name));
	to = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	if (!from || !to || !get_text(&request->in, new_name, sizeof(new_name)))
		return EBADF;
	return renameat(from->path, name, to->path, new_name) < 0 ? errno : 0;
}

int serve_unlinkat(struct server *server, struct request *request)
{
	const struct fid *dir = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE];

	(void)server;
	if (!dir || !get_text(&request->in, name, sizeof(name)))
		return EBADF;
	return unlinkat(dir->path, name, get(&request->in, 4) & AT_REMOVEDIR ? AT_REMOVEDIR : 0) < 0 ? errno : 0;
}

/* Whole entries only: qid[13] offset[8] type[1] name[s]. The offset is where the directory stands after the entry. */
int serve_readdir(struct server *server, struct request *request)
{
	struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	uint64_t offset = get(&request->in, 8);
	size_t count = get(&request->in, 4);
	struct message *out = &request->out;
	size_t begin = out->at + 4;
	const struct dirent *entry;

	(void)server;
	if (!fid || fid->fd < 0 || (!fid->dir && !(fid->dir = fdopendir(fid->fd))))
		return EBADF;
	if (count > request->limit)
		count = request->limit;
	if (count > request->connection->msize - begin)
		count = request->connection->msize - begin;
	if (offset == 0)
		rewinddir(fid->dir);
	else
		seekdir(fid->dir, (long)offset);
	out->at = begin;
	while ((entry = readdir(fid->dir)) && out->at - begin + 13 + 8 + 1 + 2 + strlen(entry->d_name) <= count) {
		put(out, 1, entry->d_type == DT_DIR ? 0x80 : entry->d_type == DT_LNK ? 0x02 : 0);
		put(out, 4, 1);
		put(out, 8, entry->d_ino);
		put(out, 8, (uint64_t)entry->d_off);
		put(out, 1, entry->d_type);
		put_text(out, entry->d_name);
	}
	put_at(out, begin - 4, 4, out->at - begin);
	return 0;
}
