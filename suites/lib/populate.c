// SPDX-License-Identifier: GPL-2.0-only
/* populate DIRECTORY FIRST COUNT BYTES SEED: files f<FIRST>... with content of their own; one process for thousands of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "content.h"

int main(int argc, char **argv)
{
	unsigned long first, count, bytes;
	char *buffer;

	if (argc != 6 || chdir(argv[1]) < 0) {
		fprintf(stderr, "usage: populate DIRECTORY FIRST COUNT BYTES SEED\n");
		return 2;
	}
	first = strtoul(argv[2], NULL, 0);
	count = strtoul(argv[3], NULL, 0);
	bytes = strtoul(argv[4], NULL, 0);
	buffer = malloc(bytes + 1);
	for (unsigned long i = first; i < first + count; i++) {
		char name[32];
		int fd;

		snprintf(name, sizeof(name), "f%lu", i);
		content_fill(strtoull(argv[5], NULL, 0) + i, 0, buffer, bytes);
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd < 0 || write(fd, buffer, bytes) != (ssize_t)bytes || close(fd) < 0) {
			perror(name);
			return 1;
		}
	}
	return 0;
}
