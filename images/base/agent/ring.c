// SPDX-License-Identifier: GPL-2.0-only
/* Byte queues of fixed size. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

size_t room(const struct ring *ring)
{
	return ring->size - ring->used;
}

bool ring_alloc(struct ring *ring, size_t size)
{
	*ring = (struct ring){ .data = malloc(size), .size = size };
	return ring->data;
}

void ring_put(struct ring *ring, const void *data, size_t length)
{
	size_t tail = (ring->head + ring->used) % ring->size;
	size_t first = length < ring->size - tail ? length : ring->size - tail;

	memcpy(ring->data + tail, data, first);
	memcpy(ring->data, (const unsigned char *)data + first, length - first);
	ring->used += length;
}

/* Writes what fd takes; returns the bytes written, *blocked says why it stopped. A reader that is gone takes everything. */
size_t ring_drain(struct ring *ring, int fd, bool *blocked)
{
	size_t moved = 0;

	*blocked = false;
	while (ring->used) {
		size_t length = ring->size - ring->head;
		ssize_t n;

		if (length > ring->used)
			length = ring->used;
		n = write(fd, ring->data + ring->head, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			*blocked = true;
			break;
		}
		if (n < 0)
			n = length;
		ring->head = (ring->head + n) % ring->size;
		ring->used -= n;
		moved += n;
	}
	return moved;
}
