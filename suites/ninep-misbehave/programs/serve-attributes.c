// SPDX-License-Identifier: GPL-2.0-only
/* What a file is: qid, attributes, file system. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ninepd.h"

#define QTDIR 0x80
#define QTSYMLINK 0x02
/* Everything up to blocks. */
#define ATTR_BASIC 0x7ff
#define NAME_LIMIT 255

enum { SET_MODE = 1, SET_UID = 2, SET_GID = 4, SET_SIZE = 8, SET_ATIME = 16, SET_MTIME = 32, SET_ATIME_TO = 128, SET_MTIME_TO = 256 };

/* A version of 0 says "a synthetic file" to the client, so the lowest bit is always there. */
static uint32_t version_of(const struct stat *st)
{
	return (uint32_t)(st->st_mtim.tv_sec ^ st->st_mtim.tv_nsec << 1 ^ st->st_size << 8) | 1;
}

static void put_qid_of(struct message *message, const struct stat *st)
{
	put(message, 1, S_ISDIR(st->st_mode) ? QTDIR : S_ISLNK(st->st_mode) ? QTSYMLINK : 0);
	put(message, 4, version_of(st));
	put(message, 8, st->st_ino);
}

void put_qid(struct message *message, int path)
{
	struct stat st = { .st_ino = 0 };

	fstat(path, &st);
	put_qid_of(message, &st);
}

static void put_time(struct message *message, const struct timespec *time)
{
	put(message, 8, (uint64_t)time->tv_sec);
	put(message, 8, (uint64_t)time->tv_nsec);
}

int serve_getattr(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	static const struct timespec never;
	struct message *out = &request->out;
	struct stat st;

	(void)server;
	if (!fid)
		return EBADF;
	if (fstat(fid->path, &st) < 0)
		return errno;
	put(out, 8, ATTR_BASIC);
	put_qid_of(out, &st);
	put(out, 4, st.st_mode);
	put(out, 4, st.st_uid);
	put(out, 4, st.st_gid);
	put(out, 8, st.st_nlink);
	put(out, 8, (uint64_t)major(st.st_rdev) << 8 | minor(st.st_rdev));
	put(out, 8, (uint64_t)st.st_size);
	put(out, 8, (uint64_t)st.st_blksize);
	put(out, 8, (uint64_t)st.st_blocks);
	put_time(out, &st.st_atim);
	put_time(out, &st.st_mtim);
	put_time(out, &st.st_ctim);
	put_time(out, &never);
	put(out, 8, 0);
	put(out, 8, 0);
	return 0;
}

static struct timespec get_time(struct message *in, uint32_t valid, uint32_t set, uint32_t set_to)
{
	struct timespec time = { .tv_sec = (time_t)get(in, 8) };

	time.tv_nsec = (long)get(in, 8);
	if (!(valid & set))
		time.tv_nsec = UTIME_OMIT;
	else if (!(valid & set_to))
		time.tv_nsec = UTIME_NOW;
	return time;
}

int serve_setattr(struct server *server, struct request *request)
{
	struct message *in = &request->in;
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(in, 4));
	uint32_t valid = (uint32_t)get(in, 4);
	mode_t mode = (mode_t)get(in, 4);
	uid_t uid = (uid_t)get(in, 4);
	gid_t gid = (gid_t)get(in, 4);
	off_t size = (off_t)get(in, 8);
	struct timespec times[2];
	char path[64];

	(void)server;
	if (!fid || in->is_bad)
		return fid ? EINVAL : EBADF;
	times[0] = get_time(in, valid, SET_ATIME, SET_ATIME_TO);
	times[1] = get_time(in, valid, SET_MTIME, SET_MTIME_TO);
	/* A descriptor made with O_PATH takes none of these itself. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fid->path);
	if ((valid & SET_SIZE) && truncate(path, size) < 0)
		return errno;
	if ((valid & (SET_UID | SET_GID)) && chown(path, valid & SET_UID ? uid : (uid_t)-1, valid & SET_GID ? gid : (gid_t)-1) < 0)
		return errno;
	if ((valid & SET_MODE) && chmod(path, mode & 07777) < 0)
		return errno;
	if ((valid & (SET_ATIME | SET_MTIME)) && utimensat(AT_FDCWD, path, times, 0) < 0)
		return errno;
	return 0;
}

int serve_statfs(struct server *server, struct request *request)
{
	const struct fid *fid = fid_find(request->connection, (uint32_t)get(&request->in, 4));
	struct message *out = &request->out;
	struct statfs st;

	(void)server;
	if (!fid)
		return EBADF;
	if (fstatfs(fid->path, &st) < 0)
		return errno;
	put(out, 4, (uint64_t)st.f_type);
	put(out, 4, (uint64_t)st.f_bsize);
	put(out, 8, st.f_blocks);
	put(out, 8, st.f_bfree);
	put(out, 8, st.f_bavail);
	put(out, 8, st.f_files);
	put(out, 8, st.f_ffree);
	put(out, 8, 0);
	put(out, 4, NAME_LIMIT);
	return 0;
}
