// SPDX-License-Identifier: GPL-2.0-only
/* The operations: each does to the file what it does to the model, or compares the two. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exercise.h"

#define MOST 70000
#define ALIGNMENT 4096

static void must(struct exercise *exercise, bool done, const char *what, size_t offset, size_t length)
{
	if (!done)
		wrong(exercise, "%s of %zu bytes at %zu: %s", what, length, offset, errno ? strerror(errno) : "short");
}

static void do_read(struct exercise *exercise)
{
	static unsigned char seen[MOST];
	size_t offset, length;

	if (!pick_range(exercise, exercise->size, MOST, &offset, &length))
		return;
	errno = 0;
	must(exercise, pread(exercise->fd, seen, length, offset) == (ssize_t)length, "read", offset, length);
	compare(exercise, offset, seen, length, "a read");
}

static void do_mapped_read(struct exercise *exercise)
{
	size_t offset, length;
	unsigned char *map;

	if (!pick_range(exercise, exercise->size, MOST, &offset, &length))
		return;
	map = mmap(NULL, offset + length, PROT_READ, MAP_SHARED, exercise->fd, 0);
	must(exercise, map != MAP_FAILED, "mmap", offset, length);
	compare(exercise, offset, map + offset, length, "a mapped read");
	munmap(map, offset + length);
}

static void do_write(struct exercise *exercise)
{
	size_t most = exercise->sharers < 2 ? exercise->limit : exercise->size;
	size_t offset, length;

	if (!pick_range(exercise, most, MOST, &offset, &length))
		return;
	if (offset + length > exercise->size)
		set_size(exercise, offset + length);
	renew(exercise, offset, length);
	errno = 0;
	must(exercise, pwrite(exercise->fd, exercise->good + offset, length, offset) == (ssize_t)length, "write", offset, length);
}

static void do_append(struct exercise *exercise)
{
	size_t offset = exercise->size, length;

	if (offset == exercise->limit)
		return;
	length = 1 + pick(exercise, MOST < exercise->limit - offset ? MOST : exercise->limit - offset);
	set_size(exercise, offset + length);
	renew(exercise, offset, length);
	errno = 0;
	must(exercise, pwrite(exercise->fd, exercise->good + offset, length, offset) == (ssize_t)length, "append", offset, length);
}

static void do_mapped_write(struct exercise *exercise)
{
	size_t offset, length;
	unsigned char *map;

	if (!pick_range(exercise, exercise->size, MOST, &offset, &length))
		return;
	renew(exercise, offset, length);
	map = mmap(NULL, offset + length, PROT_READ | PROT_WRITE, MAP_SHARED, exercise->fd, 0);
	must(exercise, map != MAP_FAILED, "mmap", offset, length);
	memcpy(map + offset, exercise->good + offset, length);
	must(exercise, munmap(map, offset + length) == 0, "munmap", offset, length);
}

/* Whole pages, from and into aligned memory. */
static void do_direct(struct exercise *exercise, bool writes)
{
	size_t pages = exercise->size / ALIGNMENT, offset, length;
	static unsigned char buffer[16 * ALIGNMENT] __attribute__((aligned(ALIGNMENT)));
	int fd;

	if (pages == 0)
		return;
	offset = pick(exercise, pages) * ALIGNMENT;
	length = (1 + pick(exercise, pages - offset / ALIGNMENT < 16 ? pages - offset / ALIGNMENT : 16)) * ALIGNMENT;
	fd = open(exercise->path, (writes ? O_RDWR : O_RDONLY) | O_DIRECT | O_CLOEXEC);
	must(exercise, fd >= 0, "open with O_DIRECT", offset, length);
	errno = 0;
	if (writes) {
		renew(exercise, offset, length);
		memcpy(buffer, exercise->good + offset, length);
		must(exercise, pwrite(fd, buffer, length, offset) == (ssize_t)length, "direct write", offset, length);
	} else {
		must(exercise, pread(fd, buffer, length, offset) == (ssize_t)length, "direct read", offset, length);
		compare(exercise, offset, buffer, length, "a direct read");
	}
	close(fd);
}

static void do_direct_read(struct exercise *exercise)
{
	do_direct(exercise, false);
}

static void do_direct_write(struct exercise *exercise)
{
	do_direct(exercise, true);
}

static void do_truncate(struct exercise *exercise)
{
	size_t size = pick(exercise, exercise->limit + 1);

	must(exercise, ftruncate(exercise->fd, size) == 0, "truncate", 0, size);
	set_size(exercise, size);
}

static void do_punch(struct exercise *exercise)
{
	size_t offset, length;

	if (!pick_range(exercise, exercise->size, MOST, &offset, &length))
		return;
	must(exercise, fallocate(exercise->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) == 0, "punch", offset, length);
	memset(exercise->good + offset, 0, length);
}

static void do_sync(struct exercise *exercise)
{
	must(exercise, fsync(exercise->fd) == 0, "fsync", 0, 0);
}

/* Clean pages leave the page cache, so that what is read next comes from the cache or the server. */
static void do_drop(struct exercise *exercise)
{
	must(exercise, !exercise->writable || fsync(exercise->fd) == 0, "fsync", 0, 0);
	posix_fadvise(exercise->fd, 0, 0, POSIX_FADV_DONTNEED);
	exercise->drops++;
}

/* A file system that caches what is open for reading only gets its turn. */
static void do_reopen(struct exercise *exercise)
{
	open_file(exercise, !exercise->read_only && pick(exercise, 2));
}

const struct operation operations[] = {
	{ "read", 20, .run = do_read },
	{ "mapped read", 10, .run = do_mapped_read },
	{ "write", 15, .writes = true, .run = do_write },
	{ "append", 5, .writes = true, .alone = true, .run = do_append },
	{ "mapped write", 10, .writes = true, .run = do_mapped_write },
	{ "direct read", 5, .alone = true, .direct = true, .run = do_direct_read },
	{ "direct write", 5, .writes = true, .alone = true, .direct = true, .run = do_direct_write },
	{ "truncate", 4, .writes = true, .alone = true, .cuts = true, .run = do_truncate },
	{ "punch", 4, .writes = true, .alone = true, .holes = true, .run = do_punch },
	{ "sync", 3, .writes = true, .run = do_sync },
	{ "drop", 6, .run = do_drop },
	{ "reopen", 6, .run = do_reopen },
};
const size_t operation_count = sizeof(operations) / sizeof(operations[0]);
