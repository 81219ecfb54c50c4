// SPDX-License-Identifier: GPL-2.0-only
/*
 * exercise [OPTION...] FILE: reads and writes a file in every way, in an order that the seed decides, and compares all that it reads with
 * what must be there. The first difference is told and ends it with status 1.
 *
 *   --seed N, --operations N, --limit BYTES
 *   --direct, --holes         with O_DIRECT, and with holes punched
 *   --uncut                   the file is never made shorter
 *   --share I/N               as process I of N on one file: each reads and writes stripes of its own, and the size stays
 *   --read-only REFERENCE     nothing is written; what must be there is in another file
 *   --plant N                 before operation N a byte is made wrong behind our back, and nothing is written after it: it must be found
 *   --journal                 each operation on stderr, before it is done
 *
 * At its end it prints what it did, as lines of a name and a number.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exercise.h"

static uint64_t count = 500, plant = UINT64_MAX;
static bool journal;

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' },      { "operations", required_argument, NULL, 'o' },
	{ "limit", required_argument, NULL, 'l' },     { "direct", no_argument, NULL, 'd' },
	{ "holes", no_argument, NULL, 'h' },	       { "share", required_argument, NULL, 'n' },
	{ "read-only", required_argument, NULL, 'r' }, { "plant", required_argument, NULL, 'p' },
	{ "journal", no_argument, NULL, 'j' },	       { "uncut", no_argument, NULL, 'u' },
	{ NULL, 0, NULL, 0 },
};

static const char *parse(struct exercise *exercise, int argc, char **argv)
{
	const char *reference = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			exercise->random = strtoull(optarg, NULL, 0) << 32;
			break;
		case 'o':
			count = strtoull(optarg, NULL, 0);
			break;
		case 'l':
			exercise->limit = strtoull(optarg, NULL, 0);
			break;
		case 'd':
			exercise->direct = true;
			break;
		case 'h':
			exercise->holes = true;
			break;
		case 'n':
			if (sscanf(optarg, "%u/%u", &exercise->share, &exercise->sharers) != 2)
				exit(2);
			break;
		case 'r':
			exercise->read_only = true;
			reference = optarg;
			break;
		case 'p':
			plant = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			journal = true;
			break;
		case 'u':
			exercise->uncut = true;
			break;
		default:
			exit(2);
		}
	}
	if (optind != argc - 1)
		exit(2);
	exercise->path = argv[optind];
	return reference;
}

/* What must be there is what another file holds. */
static void learn(struct exercise *exercise, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		wrong(exercise, "%s: %s", path, strerror(errno));
	exercise->limit = exercise->size = st.st_size;
	exercise->good = malloc(exercise->limit);
	if (read(fd, exercise->good, exercise->size) != st.st_size)
		wrong(exercise, "%s cannot be read", path);
	close(fd);
}

/* The file begins as zeroes of half its greatest size; one that several processes make together, of all of it. */
static void begin(struct exercise *exercise)
{
	int fd = open(exercise->path, O_RDWR | O_CREAT | O_CLOEXEC | (exercise->sharers < 2 ? O_TRUNC : 0), 0644);

	exercise->good = calloc(1, exercise->limit);
	set_size(exercise, exercise->sharers < 2 ? exercise->limit / 2 : exercise->limit);
	if (fd < 0 || ftruncate(fd, exercise->size) < 0)
		wrong(exercise, "the file cannot be made: %s", strerror(errno));
	close(fd);
}

static void plant_byte(struct exercise *exercise)
{
	size_t offset, length;
	unsigned char byte;
	int fd = open(exercise->path, O_RDWR | O_CLOEXEC);

	if (fd < 0 || !pick_range(exercise, exercise->size, 1, &offset, &length))
		wrong(exercise, "nothing could be planted");
	byte = ~exercise->good[offset];
	if (pwrite(fd, &byte, 1, offset) != 1 || close(fd) < 0)
		wrong(exercise, "nothing could be planted: %s", strerror(errno));
	printf("planted %zu\n", offset);
	exercise->read_only = true;
	open_file(exercise, false);
}

static const struct operation *choose(struct exercise *exercise)
{
	for (;;) {
		uint64_t lot = pick(exercise, 100);
		const struct operation *one = operations;

		while (one < operations + operation_count && lot >= (uint64_t)one->weight)
			lot -= (one++)->weight;
		if (one == operations + operation_count || (one->writes && !exercise->writable) || (one->alone && exercise->sharers > 1) ||
		    (one->direct && !exercise->direct) || (one->holes && !exercise->holes) || (one->cuts && exercise->uncut))
			continue;
		return one;
	}
}

int main(int argc, char **argv)
{
	struct exercise exercise = { .fd = -1, .limit = 1 << 20 };
	const char *reference = parse(&exercise, argc, argv);

	if (reference)
		learn(&exercise, reference);
	else
		begin(&exercise);
	open_file(&exercise, !exercise.read_only);
	for (exercise.operation = 0; exercise.operation < count; exercise.operation++) {
		const struct operation *one;

		if (exercise.operation == plant)
			plant_byte(&exercise);
		one = choose(&exercise);
		if (journal)
			fprintf(stderr, "%llu %s\n", (unsigned long long)exercise.operation, one->name);
		one->run(&exercise);
	}
	/* Once more, with nothing left of the page cache. */
	open_file(&exercise, false);
	posix_fadvise(exercise.fd, 0, 0, POSIX_FADV_DONTNEED);
	verify(&exercise);
	printf("operations %llu\nread_bytes %llu\nwritten_bytes %llu\nread_only_bytes %llu\nphases %llu\ndrops %llu\n",
	       (unsigned long long)exercise.operation, (unsigned long long)exercise.read_bytes, (unsigned long long)exercise.written_bytes,
	       (unsigned long long)exercise.read_only_bytes, (unsigned long long)exercise.phases, (unsigned long long)exercise.drops);
	return 0;
}
