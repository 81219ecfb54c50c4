// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O on a descriptor that the shell holds open, which it cannot do itself. Data to write comes from stdin.
 *
 *   fdio FD read OFFSET COUNT      to stdout; ends early at the end of the file
 *   fdio FD write OFFSET           at that place
 *   fdio FD append-sync            behind the end, with RWF_SYNC: through to the server, whatever the descriptor was opened with
 *   fdio FD store OFFSET           through a shared mapping
 *   fdio FD writeback              begins to write dirty pages and does not wait for them (sync_file_range)
 *   fdio FD fsync
 *   fdio FD truncate SIZE
 *   fdio FD size                   to stdout, as fstat has it
 * On failure the errno's name is on stderr, and the status is 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST (4U << 20)

/* Aligned to a page, as descriptors opened with O_DIRECT want it. */
static char *buffer;

static ssize_t take_input(void)
{
	ssize_t used = 0, got;

	while ((got = read(0, buffer + used, MOST - (size_t)used)) > 0)
		used += got;
	return got < 0 ? -1 : used;
}

static int read_out(int fd, off_t offset, size_t count)
{
	size_t done = 0;
	ssize_t got;

	if (count > MOST)
		count = MOST;
	while (done < count && (got = pread(fd, buffer + done, count - done, offset + (off_t)done)) != 0) {
		if (got < 0)
			return -1;
		done += (size_t)got;
	}
	return fwrite(buffer, 1, done, stdout) == done && fflush(stdout) == 0 ? 0 : -1;
}

static int write_in(int fd, off_t offset, ssize_t length)
{
	for (ssize_t done = 0, some; done < length; done += some) {
		some = pwrite(fd, buffer + done, (size_t)(length - done), offset + done);
		if (some <= 0)
			return -1;
	}
	return length < 0 ? -1 : 0;
}

static int append_sync(int fd, ssize_t length)
{
	struct iovec iov = { .iov_base = buffer, .iov_len = (size_t)length };

	return length < 0 || pwritev2(fd, &iov, 1, 0, RWF_APPEND | RWF_SYNC) != length ? -1 : 0;
}

static int store(int fd, off_t offset, ssize_t length)
{
	size_t in_page = (size_t)offset % 4096;
	char *map;

	if (length < 0)
		return -1;
	map = mmap(NULL, in_page + (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset - (off_t)in_page);
	if (map == MAP_FAILED)
		return -1;
	memcpy(map + in_page, buffer, (size_t)length);
	return munmap(map, in_page + (size_t)length);
}

static int print_size(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	printf("%lld\n", (long long)st.st_size);
	return 0;
}

static int obey(int fd, const char *verb, int argc, char **argv)
{
	off_t first = argc > 0 ? strtoll(argv[0], NULL, 0) : 0;

	if (strcmp(verb, "read") == 0 && argc == 2)
		return read_out(fd, first, strtoull(argv[1], NULL, 0));
	if (strcmp(verb, "write") == 0 && argc == 1)
		return write_in(fd, first, take_input());
	if (strcmp(verb, "append-sync") == 0 && argc == 0)
		return append_sync(fd, take_input());
	if (strcmp(verb, "store") == 0 && argc == 1)
		return store(fd, first, take_input());
	if (strcmp(verb, "writeback") == 0 && argc == 0)
		return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	if (strcmp(verb, "fsync") == 0 && argc == 0)
		return fsync(fd);
	if (strcmp(verb, "truncate") == 0 && argc == 1)
		return ftruncate(fd, first);
	if (strcmp(verb, "size") == 0 && argc == 0)
		return print_size(fd);
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	if (argc < 3 || posix_memalign((void **)&buffer, 4096, MOST) != 0) {
		fprintf(stderr, "usage: fdio FD VERB [ARGUMENT...]\n");
		return 2;
	}
	if (obey(atoi(argv[1]), argv[2], argc - 3, argv + 3) == 0)
		return 0;
	fprintf(stderr, "%s\n", strerrorname_np(errno));
	return 1;
}
