// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn FILE ROUNDS SEED [--map]: one process writes the letter w, one stores the letter m through a mapping (with --map) and one
 * truncates down and up again, all on one file and at the same time, ROUNDS times each. In the end each byte is w, m or 0.
 * Prints `writes N`, `stores N`, `faults N` (stores beyond the end, SIGBUS) and `truncates N`.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 8

struct tally {
	volatile unsigned long writes, stores, faults, truncates;
};

static struct tally *tally;
static sigjmp_buf beyond_end;

static void on_bus_error(int signal)
{
	siglongjmp(beyond_end, signal);
}

static int write_letters(int fd, long rounds)
{
	char letters[3 * PAGE];

	memset(letters, 'w', sizeof(letters));
	for (; rounds > 0; rounds--) {
		off_t at = random() % ((PAGES - 3) * PAGE);

		if (pwrite(fd, letters, (size_t)(1 + random() % (3 * PAGE)), at) < 0)
			return -1;
		tally->writes++;
	}
	return 0;
}

static int store_letters(int fd, long rounds)
{
	char *map = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -1;
	signal(SIGBUS, on_bus_error);
	for (volatile long left = rounds; left > 0; left--) {
		if (sigsetjmp(beyond_end, 1) != 0) {
			tally->faults++;
			continue;
		}
		map[random() % (PAGES * PAGE)] = 'm';
		tally->stores++;
	}
	return munmap(map, PAGES * PAGE);
}

static int truncate_often(int fd, long rounds)
{
	for (; rounds > 0; rounds--) {
		if (ftruncate(fd, random() % (PAGES * PAGE)) < 0 || ftruncate(fd, PAGES * PAGE) < 0)
			return -1;
		tally->truncates += 2;
	}
	return 0;
}

static void begin(int (*work)(int fd, long rounds), const char *name, const char *path, long rounds, unsigned int seed)
{
	int fd;

	if (fork() != 0)
		return;
	srandom(seed);
	/* A descriptor of its own, so that each is a fid of its own. */
	fd = open(path, O_RDWR);
	if (fd < 0 || work(fd, rounds) < 0 || close(fd) < 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		_exit(1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int status, failed = 0;
	unsigned int seed;
	long rounds;

	if (argc < 4) {
		fprintf(stderr, "usage: churn FILE ROUNDS SEED [--map]\n");
		return 2;
	}
	rounds = atol(argv[2]);
	seed = (unsigned int)strtoul(argv[3], NULL, 0);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		return 1;
	begin(write_letters, "the writer", argv[1], rounds, seed);
	begin(truncate_often, "the truncater", argv[1], rounds, seed + 1);
	if (argc > 4)
		begin(store_letters, "the mapper", argv[1], 4 * rounds, seed + 2);
	while (wait(&status) > 0)
		failed |= status != 0;
	printf("writes %lu\nstores %lu\nfaults %lu\ntruncates %lu\n", tally->writes, tally->stores, tally->faults, tally->truncates);
	return failed;
}
