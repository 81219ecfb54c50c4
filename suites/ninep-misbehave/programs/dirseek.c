// SPDX-License-Identifier: GPL-2.0-only
/*
 * dirseek DIRECTORY SEED: reads the directory, then goes back to places that telldir(3) gave it, in the order of the seed, and rewinds.
 * Prints `entries N`, `seeks N`, `wrong N` (another name than the first time) and `again N` (entries after rewinddir).
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16384

static struct {
	long place;
	char name[256];
} entries[MOST];

static size_t read_all(DIR *dir, int keeps)
{
	const struct dirent *entry;
	size_t count = 0;
	long place = telldir(dir);

	while ((entry = readdir(dir)) && count < MOST) {
		if (keeps) {
			entries[count].place = place;
			snprintf(entries[count].name, sizeof(entries[count].name), "%s", entry->d_name);
		}
		place = telldir(dir);
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	size_t count, seeks, wrong = 0;
	const struct dirent *entry;
	DIR *dir;

	if (argc != 3) {
		fprintf(stderr, "usage: dirseek DIRECTORY SEED\n");
		return 2;
	}
	dir = opendir(argv[1]);
	if (!dir) {
		perror(argv[1]);
		return 1;
	}
	srandom((unsigned int)strtoul(argv[2], NULL, 0));
	errno = 0;
	count = read_all(dir, 1);
	if (errno != 0) {
		perror(argv[1]);
		return 1;
	}
	for (seeks = 0; seeks < 200 && count > 0; seeks++) {
		size_t which = (size_t)random() % count;

		seekdir(dir, entries[which].place);
		entry = readdir(dir);
		wrong += !entry || strcmp(entry->d_name, entries[which].name) != 0;
	}
	rewinddir(dir);
	printf("entries %zu\nseeks %zu\nwrong %zu\nagain %zu\n", count, seeks, wrong, read_all(dir, 0));
	return closedir(dir);
}
