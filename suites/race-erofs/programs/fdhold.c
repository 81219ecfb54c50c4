// SPDX-License-Identifier: GPL-2.0-only
/*
 * fdhold PID LINK: takes a copy of every fd of that process whose link in /proc/PID/fd is LINK, writes how many there were, and keeps
 * them until it is killed: the files are not released before that, whatever becomes of the process.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_link_to(int directory, const char *name, const char *wanted)
{
	char target[256];
	ssize_t length = readlinkat(directory, name, target, sizeof(target) - 1);

	if (length < 0)
		return 0;
	target[length] = '\0';
	return strcmp(target, wanted) == 0;
}

int main(int argc, char **argv)
{
	char path[64];
	struct dirent *entry;
	int process, count = 0;
	DIR *fds;

	if (argc != 3)
		return 2;
	snprintf(path, sizeof(path), "/proc/%s/fd", argv[1]);
	fds = opendir(path);
	process = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	if (!fds || process < 0) {
		perror(argv[1]);
		return 1;
	}
	while ((entry = readdir(fds))) {
		if (!is_link_to(dirfd(fds), entry->d_name, argv[2]))
			continue;
		if (syscall(SYS_pidfd_getfd, process, atoi(entry->d_name), 0) < 0) {
			perror(entry->d_name);
			return 1;
		}
		count++;
	}
	printf("%d\n", count);
	fflush(stdout);
	/* Whoever waits for the count may wait for the end of the output. */
	fclose(stdout);
	for (;;)
		pause();
}
