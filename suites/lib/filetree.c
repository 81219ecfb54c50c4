// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tree of files for images, made and read by one process, since each program started costs 10 ms and more under KASAN without KVM.
 *
 * filetree make DIRECTORY BIG_BYTES SEED   one big file, sizes around a block, small files, nesting, a link
 * filetree list DIRECTORY                  a line for everything below it, sorted: path, mode, size, target of a link or hash of a file.
 *                                          Every byte is read, with read(2).
 * filetree bytes DIRECTORY                 how many bytes its files have
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"

#define MANY 32
#define MANY_BYTES 3000

static char buffer[64 * 1024];
static char **lines;
static size_t line_count;
static unsigned long long file_bytes;

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "filetree: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void make_file(const char *path, unsigned long bytes, uint64_t seed)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		fail(path);
	for (unsigned long done = 0; done < bytes;) {
		unsigned long part = bytes - done < sizeof(buffer) ? bytes - done : sizeof(buffer);

		content_fill(seed, done, buffer, part);
		if (write(fd, buffer, part) != (ssize_t)part)
			fail(path);
		done += part;
	}
	if (close(fd))
		fail(path);
}

static void make(const char *directory, unsigned long big, uint64_t seed)
{
	static const char *const folders[] = { "deep", "deep/er", "deep/er/still", "many" };
	static const unsigned int sizes[] = { 0, 1, 4095, 4096, 4097, 65553 };
	char path[64];

	if ((mkdir(directory, 0755) && errno != EEXIST) || chdir(directory))
		fail(directory);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mkdir(folders[i], 0755))
			fail(folders[i]);
	make_file("big", big, seed++);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		snprintf(path, sizeof(path), "size-%u", sizes[i]);
		make_file(path, sizes[i], seed++);
	}
	make_file("deep/er/still/file", 20000, seed++);
	for (int i = 1; i <= MANY; i++) {
		snprintf(path, sizeof(path), "many/file-%d", i);
		make_file(path, MANY_BYTES, seed++);
	}
	if (symlink("deep/er/still/file", "link"))
		fail("link");
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_file(const char *path)
{
	uint64_t hash = 0xcbf29ce484222325;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		fail(path);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		for (ssize_t i = 0; i < got; i++)
			hash = (hash ^ (unsigned char)buffer[i]) * 0x100000001b3;
	if (got < 0)
		fail(path);
	close(fd);
	return hash;
}

static int list_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	char target[256] = "";

	(void)at;
	if (type == FTW_DNR || type == FTW_NS)
		fail(path);
	if (S_ISLNK(stat->st_mode) && readlink(path, target, sizeof(target) - 1) < 0)
		fail(path);
	if (S_ISREG(stat->st_mode))
		snprintf(target, sizeof(target), "%016llx", (unsigned long long)hash_file(path));
	lines = realloc(lines, (line_count + 1) * sizeof(*lines));
	/* A folder's size is its file system's own matter. */
	if (!lines || asprintf(&lines[line_count++], "%s %o %lld %s", path, stat->st_mode, S_ISDIR(stat->st_mode) ? 0LL : (long long)stat->st_size,
			       target) < 0)
		fail("memory");
	return 0;
}

static int add_bytes(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F && S_ISREG(stat->st_mode))
		file_bytes += stat->st_size;
	return 0;
}

static int compare_lines(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	if (argc == 5 && !strcmp(verb, "make")) {
		make(argv[2], strtoul(argv[3], NULL, 0), strtoull(argv[4], NULL, 0));
	} else if (argc == 3 && (!strcmp(verb, "list") || !strcmp(verb, "bytes"))) {
		if (chdir(argv[2]) || nftw(".", *verb == 'l' ? list_one : add_bytes, 16, FTW_PHYS))
			fail(argv[2]);
		if (*verb == 'b')
			printf("%llu\n", file_bytes);
		qsort(lines, line_count, sizeof(*lines), compare_lines);
		for (size_t i = 0; i < line_count; i++)
			puts(lines[i]);
	} else {
		fprintf(stderr, "usage: filetree make DIRECTORY BIG_BYTES SEED | filetree list DIRECTORY | filetree bytes DIRECTORY\n");
		return 2;
	}
	return fflush(stdout) ? 1 : 0;
}
