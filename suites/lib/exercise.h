/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the exerciser share: the file as it must be, the file as it is, and the operations on it. */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes that belong to one of several processes in turn; odd, so that neighbours share pages. */
#define STRIPE_BYTES 3001

struct exercise {
	const char *path;
	int fd;
	bool writable;
	/* What the file must hold, and how much of it there is. */
	unsigned char *good;
	size_t size, limit;
	/* Of `sharers` processes on this file we are number `share`; we write and read our stripes only. */
	unsigned int share, sharers;
	bool direct, holes, uncut, read_only;
	uint64_t random;
	uint64_t operation;
	/* What was done: for the last line, and to find out whether it was enough. */
	uint64_t read_bytes, written_bytes, read_only_bytes, phases, drops;
};

struct operation {
	const char *name;
	int weight;
	bool writes;
	/* Not with others on the same file: it changes the size, or does not go through the page cache. */
	bool alone;
	/* Only when the file system has it. */
	bool direct, holes;
	/* Not where the file must never be made shorter. */
	bool cuts;
	void (*run)(struct exercise *exercise);
};

extern const struct operation operations[];
extern const size_t operation_count;

/* A number below `bound`, the same for the same seed. */
uint64_t pick(struct exercise *exercise, uint64_t bound);

/* Ends the exerciser: a file that is not what it must be, or an operation that failed. */
void wrong(const struct exercise *exercise, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));

/* A part of a file that is `size` long, of at most `most` bytes and ours alone; false when there is none. */
bool pick_range(struct exercise *exercise, size_t size, size_t most, size_t *offset, size_t *length);

/* Compares what was read at `offset` with what must be there. */
void compare(struct exercise *exercise, size_t offset, const unsigned char *seen, size_t length, const char *how);

/* New content for a range, into the model. */
void renew(struct exercise *exercise, size_t offset, size_t length);

void set_size(struct exercise *exercise, size_t size);
void open_file(struct exercise *exercise, bool writable);

/* Everything that is ours, read and compared. */
void verify(struct exercise *exercise);

#endif
