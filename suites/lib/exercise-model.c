// SPDX-License-Identifier: GPL-2.0-only
/* The file as it must be: random choices from the seed, new content, and what is said when the file differs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content.h"
#include "exercise.h"

uint64_t pick(struct exercise *exercise, uint64_t bound)
{
	return content_word(exercise->random++, 0) % bound;
}

void wrong(const struct exercise *exercise, const char *format, ...)
{
	va_list arguments;

	printf("wrong in operation %llu on %s: ", (unsigned long long)exercise->operation, exercise->path);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	exit(1);
}

bool pick_range(struct exercise *exercise, size_t size, size_t most, size_t *offset, size_t *length)
{
	size_t stripes, first;

	if (size == 0)
		return false;
	if (exercise->sharers < 2) {
		*offset = pick(exercise, size);
		*length = 1 + pick(exercise, most < size - *offset ? most : size - *offset);
		return true;
	}
	/* Whole stripes only: the file of several processes keeps its size. */
	stripes = size / STRIPE_BYTES / exercise->sharers;
	if (stripes == 0)
		return false;
	first = (pick(exercise, stripes) * exercise->sharers + exercise->share) * STRIPE_BYTES;
	*offset = first + pick(exercise, STRIPE_BYTES);
	*length = 1 + pick(exercise, first + STRIPE_BYTES - *offset);
	return true;
}

void compare(struct exercise *exercise, size_t offset, const unsigned char *seen, size_t length, const char *how)
{
	const unsigned char *good = exercise->good + offset;
	size_t first = 0, bad = 0;

	exercise->read_bytes += length;
	if (!exercise->writable)
		exercise->read_only_bytes += length;
	if (memcmp(good, seen, length) == 0)
		return;
	while (good[first] == seen[first])
		first++;
	for (size_t i = first; i < length; i++)
		bad += good[i] != seen[i];
	wrong(exercise, "%s of %zu bytes at %zu: %zu bytes differ, the first at %zu (page %zu, byte %zu of it) is %02x and must be %02x", how,
	      length, offset, bad, offset + first, (offset + first) / 4096, (offset + first) % 4096, seen[first], good[first]);
}

void renew(struct exercise *exercise, size_t offset, size_t length)
{
	content_fill(exercise->random++, offset, exercise->good + offset, length);
	exercise->written_bytes += length;
}

void set_size(struct exercise *exercise, size_t size)
{
	if (size > exercise->size)
		memset(exercise->good + exercise->size, 0, size - exercise->size);
	exercise->size = size;
}

void open_file(struct exercise *exercise, bool writable)
{
	if (exercise->fd >= 0 && close(exercise->fd) < 0)
		wrong(exercise, "close: %s", strerror(errno));
	exercise->fd = open(exercise->path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (exercise->fd < 0)
		wrong(exercise, "open: %s", strerror(errno));
	exercise->writable = writable;
	exercise->phases++;
}

void verify(struct exercise *exercise)
{
	unsigned char *seen = malloc(exercise->limit);
	size_t step = exercise->sharers < 2 ? 65536 : STRIPE_BYTES;

	if (exercise->sharers < 2 && lseek(exercise->fd, 0, SEEK_END) != (off_t)exercise->size)
		wrong(exercise, "the size is %lld and must be %zu", (long long)lseek(exercise->fd, 0, SEEK_END), exercise->size);
	for (size_t at = 0, part = 0; at < exercise->size; at += step, part++) {
		size_t length = step < exercise->size - at ? step : exercise->size - at;

		if (exercise->sharers > 1 && part % exercise->sharers != exercise->share)
			continue;
		if (pread(exercise->fd, seen, length, at) != (ssize_t)length)
			wrong(exercise, "the last read of %zu bytes at %zu is short or failed: %s", length, at, strerror(errno));
		compare(exercise, at, seen, length, "the last read");
	}
	free(seen);
}
