// SPDX-License-Identifier: GPL-2.0-only
/*
 * fileop [--plain] FILE OPERATION...: changes a file, one operation after the other.
 *
 *   write OFFSET BYTES SEED      write(2)
 *   direct OFFSET BYTES SEED     write(2) with O_DIRECT
 *   mapped OFFSET BYTES SEED     through a shared mapping; the file must reach so far
 *   truncate BYTES               truncate(2), the file not open
 *   ftruncate BYTES              ftruncate(2)
 *   punch OFFSET BYTES           a hole; the size stays
 *   allocate OFFSET BYTES        space, and a greater size where it ends past the file
 *
 * With --plain, direct and mapped are write: what another file system must make of the same operations.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "content.h"

static const char *path;
static bool plain;

static int write_file(const uint64_t *numbers, int flags)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | flags);
	void *buffer = NULL;
	bool done;

	if (fd < 0 || posix_memalign(&buffer, 4096, numbers[1]) != 0)
		return -1;
	content_fill(numbers[2], numbers[0], buffer, numbers[1]);
	done = pwrite(fd, buffer, numbers[1], numbers[0]) == (ssize_t)numbers[1];
	free(buffer);
	return close(fd) == 0 && done ? 0 : -1;
}

static int do_write(const uint64_t *numbers)
{
	return write_file(numbers, 0);
}

static int do_direct(const uint64_t *numbers)
{
	return write_file(numbers, plain ? 0 : O_DIRECT);
}

static int do_mapped(const uint64_t *numbers)
{
	uint64_t end = numbers[0] + numbers[1];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char *map;

	if (plain || fd < 0)
		return fd < 0 ? -1 : close(fd) || do_write(numbers);
	map = mmap(NULL, end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -1;
	content_fill(numbers[2], numbers[0], map + numbers[0], numbers[1]);
	return msync(map, end, MS_SYNC) || munmap(map, end) || close(fd);
}

static int do_truncate(const uint64_t *numbers)
{
	return truncate(path, numbers[0]);
}

static int with_open_file(int (*change)(int fd, const uint64_t *numbers), const uint64_t *numbers)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -1 : change(fd, numbers) || close(fd);
}

static int change_size(int fd, const uint64_t *numbers)
{
	return ftruncate(fd, numbers[0]);
}

static int change_hole(int fd, const uint64_t *numbers)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, numbers[0], numbers[1]);
}

static int change_space(int fd, const uint64_t *numbers)
{
	return fallocate(fd, 0, numbers[0], numbers[1]);
}

static int do_ftruncate(const uint64_t *numbers)
{
	return with_open_file(change_size, numbers);
}

static int do_punch(const uint64_t *numbers)
{
	return with_open_file(change_hole, numbers);
}

static int do_allocate(const uint64_t *numbers)
{
	return with_open_file(change_space, numbers);
}

static const struct operation {
	const char *name;
	int numbers;
	int (*run)(const uint64_t *numbers);
} operations[] = {
	{ "write", 3, do_write },
	{ "direct", 3, do_direct },
	{ "mapped", 3, do_mapped },
	{ "truncate", 1, do_truncate },
	{ "ftruncate", 1, do_ftruncate },
	{ "punch", 2, do_punch },
	{ "allocate", 2, do_allocate },
};

static const struct operation *operation(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(name, operations[i].name) == 0)
			return &operations[i];
	return NULL;
}

int main(int argc, char **argv)
{
	int at = 1;

	plain = argc > 1 && strcmp(argv[1], "--plain") == 0;
	at += plain;
	path = argv[at++];
	while (at < argc) {
		const struct operation *one = operation(argv[at]);
		uint64_t numbers[3];

		if (!one || at + one->numbers >= argc) {
			fprintf(stderr, "fileop: no such operation: %s\n", argv[at]);
			return 2;
		}
		for (int i = 0; i < one->numbers; i++)
			numbers[i] = strtoull(argv[at + 1 + i], NULL, 0);
		if (one->run(numbers) != 0) {
			perror(argv[at]);
			return 1;
		}
		at += 1 + one->numbers;
	}
	return 0;
}
