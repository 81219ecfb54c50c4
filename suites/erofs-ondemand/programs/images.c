// SPDX-License-Identifier: GPL-2.0-only
/* The images the daemon serves: files of one directory, opened when the kernel first asks for them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ondemandd.h"

/* The anonymous fd writes with direct I/O, a whole number of pages from an aligned buffer. */
#define PAGE 4096UL
#define CHUNK (64 * PAGE)

struct image *image_find(struct daemon *daemon, const char *key)
{
	for (size_t i = 0; i < daemon->image_count; i++)
		if (strcmp(daemon->images[i].key, key) == 0)
			return &daemon->images[i];
	return NULL;
}

static int open_file(const struct daemon *daemon, const char *key, off_t *size)
{
	struct stat stat;
	int dir;
	int fd;

	if (strchr(key, '/'))
		return -1;
	dir = open(daemon->images_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	fd = openat(dir, key, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	close(dir);
	if (fd < 0)
		return -1;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode)) {
		close(fd);
		return -1;
	}
	*size = stat.st_size;
	return fd;
}

/* The image of that key, remembered even when there is no such file (its fd is -1 then); NULL when the table is full. */
struct image *image_open(struct daemon *daemon, const char *key)
{
	struct image *image = image_find(daemon, key);

	if (!image) {
		if (daemon->image_count == MAX_IMAGES)
			return NULL;
		image = &daemon->images[daemon->image_count++];
		*image = (struct image){ .fd = -1 };
		strncpy(image->key, key, sizeof(image->key) - 1);
	}
	if (image->fd < 0)
		image->fd = open_file(daemon, key, &image->size);
	return image;
}

/* Reads up to `length` bytes at `offset`; what lies beyond the end of the file is zeroes. */
static int read_padded(const struct image *image, char *buffer, size_t length, off_t offset)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(image->fd, buffer + done, length - done, offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0) {
			memset(buffer + done, 0, length - done);
			return 0;
		}
		done += (size_t)got;
	}
	return 0;
}

static void invert(char *buffer, size_t size)
{
	for (size_t i = 0; i < size; i++)
		buffer[i] = (char)~buffer[i];
}

/*
 * Copies that range of the image to the same place of the cache file behind `to`. Lies: SHORT copies its first page only, WRONG inverts
 * the bytes, MISPLACED writes them right behind the range. Returns 0, or -1 after it has complained.
 */
int image_copy(const struct image *image, int to, off_t offset, size_t length, unsigned int lies)
{
	static _Alignas(4096) char buffer[CHUNK];
	off_t shift = lies & (1U << MISPLACED) ? (off_t)length : 0;
	size_t done = 0;

	if (lies & (1U << SHORT))
		length = PAGE;
	while (done < length) {
		size_t rest = length - done;
		size_t size = rest < CHUNK ? (rest + PAGE - 1) & ~(PAGE - 1) : CHUNK;
		off_t at = offset + (off_t)done;

		if (read_padded(image, buffer, size, at) < 0) {
			complain("reading %s at %lld: %s", image->key, (long long)at, strerror(errno));
			return -1;
		}
		if (lies & (1U << WRONG))
			invert(buffer, size);
		if (pwrite(to, buffer, size, at + shift) != (ssize_t)size) {
			complain("writing the cache file of %s at %lld: %s", image->key, (long long)at, strerror(errno));
			return -1;
		}
		done += size;
	}
	return 0;
}
