/* SPDX-License-Identifier: GPL-2.0-only */
/* Content that is known at every offset: eight bytes of splitmix64 of the seed and the offset. */
#ifndef CONTENT_H
#define CONTENT_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t content_word(uint64_t seed, uint64_t index)
{
	uint64_t z = seed * 0xd1342543de82ef95u + (index + 1) * 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The `size` bytes that a file of this seed has at `offset`. */
static inline void content_fill(uint64_t seed, uint64_t offset, void *buffer, size_t size)
{
	unsigned char *bytes = buffer;

	for (size_t i = 0; i < size; i++)
		bytes[i] = content_word(seed, (offset + i) / 8) >> ((offset + i) % 8 * 8);
}

#endif
