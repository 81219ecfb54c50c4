// SPDX-License-Identifier: GPL-2.0-only
/* The session and its way through the tree: version, attach, walk, clunk, flush. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ninepd.h"

/* What becomes of extended attributes, authentication and the like. */
int serve_nothing(struct server *server, struct request *request)
{
	(void)server;
	(void)request;
	return EOPNOTSUPP;
}

int serve_version(struct server *server, struct request *request)
{
	uint32_t msize = (uint32_t)get(&request->in, 4);
	char version[NAME_SIZE];

	if (!get_text(&request->in, version, sizeof(version)) || msize < 4096)
		return EINVAL;
	request->connection->msize = msize < server->msize ? msize : server->msize;
	put(&request->out, 4, request->connection->msize);
	put_text(&request->out, strcmp(version, "9P2000.L") == 0 ? version : "unknown");
	return 0;
}

int serve_attach(struct server *server, struct request *request)
{
	uint32_t number = (uint32_t)get(&request->in, 4);
	int path = fcntl(server->root, F_DUPFD_CLOEXEC, 3);
	const struct fid *fid;

	if (path < 0)
		return errno;
	fid = fid_add(request->connection, number, path, "/");
	if (!fid)
		return EBADF;
	put_qid(&request->out, fid->path);
	return 0;
}

/* A walk that ends before its first name is an error; one that ends later says how far it came, and makes no fid. */
int serve_walk(struct server *server, struct request *request)
{
	struct fid *from = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	uint32_t number = (uint32_t)get(&request->in, 4);
	uint64_t names = get(&request->in, 2);
	size_t count_at = request->out.at;
	char name[NAME_SIZE];
	uint64_t done;
	int path;

	(void)server;
	if (!from)
		return EBADF;
	memcpy(name, from->name, sizeof(name));
	path = fcntl(from->path, F_DUPFD_CLOEXEC, 3);
	put(&request->out, 2, 0);
	for (done = 0; done < names; done++) {
		int next = get_text(&request->in, name, sizeof(name)) ? openat(path, name, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;

		if (next < 0) {
			close(path);
			put_at(&request->out, count_at, 2, done);
			return done == 0 ? ENOENT : 0;
		}
		close(path);
		path = next;
		put_qid(&request->out, path);
	}
	put_at(&request->out, count_at, 2, done);
	if (number == from->number)
		fid_forget(from);
	return fid_add(request->connection, number, path, name) ? 0 : EBADF;
}

int serve_clunk(struct server *server, struct request *request)
{
	struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));

	(void)server;
	if (!fid)
		return EBADF;
	fid_forget(fid);
	return 0;
}

int serve_flush(struct server *server, struct request *request)
{
	requests_flush(server, request->connection, (uint16_t)get(&request->in, 2));
	return 0;
}
