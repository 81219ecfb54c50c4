// SPDX-License-Identifier: GPL-2.0-only
/* Files that are open: their content, and locks on it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ninepd.h"

/* 9P2000.L has Linux' own numbers for these (P9_DOTL_* in include/net/9p/9p.h); what else a client asks for is its own business. */
#define OPEN_FLAGS (O_ACCMODE | O_TRUNC | O_APPEND | O_EXCL)
#define LOCK_SUCCESS 0
#define LOCK_UNLOCKED 2

int serve_lopen(struct server *server, struct request *request)
{
	struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	int flags = (int)get(&request->in, 4) & OPEN_FLAGS;
	char path[64];

	(void)server;
	if (!fid || fid->fd >= 0)
		return EBADF;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fid->path);
	fid->fd = open(path, flags | O_CLOEXEC);
	if (fid->fd < 0)
		return errno;
	put_qid(&request->out, fid->path);
	put(&request->out, 4, 0);
	return 0;
}

/* The fid was the directory's and is the new file's from now on. */
int serve_lcreate(struct server *server, struct request *request)
{
	struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	char name[NAME_SIZE];
	int flags;
	mode_t mode;
	int path;
	int fd;

	(void)server;
	if (!fid || !get_text(&request->in, name, sizeof(name)))
		return EBADF;
	flags = (int)get(&request->in, 4) & OPEN_FLAGS;
	mode = (mode_t)get(&request->in, 4);
	fd = openat(fid->path, name, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
	if (fd < 0)
		return errno;
	path = openat(fid->path, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (path < 0) {
		close(fd);
		return ENOENT;
	}
	close(fid->path);
	fid->path = path;
	fid->fd = fd;
	snprintf(fid->name, sizeof(fid->name), "%s", name);
	put_qid(&request->out, fid->path);
	put(&request->out, 4, 0);
	return 0;
}

/* No more than was asked for, what the answer has room for, and an order allows. */
static size_t limit(const struct request *request, size_t count)
{
	size_t room = request->connection->msize - HEADER_SIZE - 4;

	if (count > room)
		count = room;
	return count < request->limit ? count : request->limit;
}

int serve_read(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	off_t offset = (off_t)get(&request->in, 8);
	size_t count = limit(request, get(&request->in, 4));
	struct message *out = &request->out;
	ssize_t got;

	if (!fid || fid->fd < 0)
		return EBADF;
	got = pread(fid->fd, out->bytes + out->at + 4, count, offset);
	if (got < 0)
		return errno;
	put(out, 4, (uint64_t)got);
	out->at += (size_t)got;
	counts_of(server, request->name)->read_bytes += (uint64_t)got;
	return 0;
}

int serve_write(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	off_t offset = (off_t)get(&request->in, 8);
	size_t count = get(&request->in, 4);
	ssize_t done;

	if (!fid || fid->fd < 0)
		return EBADF;
	if (request->in.is_bad || count > request->in.size - request->in.at)
		return EINVAL;
	done = pwrite(fid->fd, request->in.bytes + request->in.at, limit(request, count), offset);
	if (done < 0)
		return errno;
	put(&request->out, 4, (uint64_t)done);
	counts_of(server, request->name)->write_bytes += (uint64_t)done;
	return 0;
}

int serve_fsync(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));

	(void)server;
	if (!fid || fid->fd < 0)
		return EBADF;
	return fsync(fid->fd) < 0 ? errno : 0;
}

/* Everybody gets every lock: the client has settled it among its own. */
int serve_lock(struct server *server, struct request *request)
{
	(void)server;
	put(&request->out, 1, LOCK_SUCCESS);
	return 0;
}

int serve_getlock(struct server *server, struct request *request)
{
	char client[NAME_SIZE];
	uint64_t start, length, process;

	(void)server;
	get(&request->in, 4);
	get(&request->in, 1);
	start = get(&request->in, 8);
	length = get(&request->in, 8);
	process = get(&request->in, 4);
	get_text(&request->in, client, sizeof(client));
	put(&request->out, 1, LOCK_UNLOCKED);
	put(&request->out, 8, start);
	put(&request->out, 8, length);
	put(&request->out, 4, process);
	put_text(&request->out, client);
	return 0;
}
