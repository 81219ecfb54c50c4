// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth N mount SOURCE TARGET TYPE OPTIONS   a mount(2)
 * failnth N read FILE COPY                     an open(2) and as many read(2) as the file needs, whose result is COPY
 *
 * The Nth thing in these system calls that fault injection may make fail, does (/proc/self/fail-nth). Prints `fired 1` when there was an
 * Nth, else `fired 0`, and `errno` with what the first call that failed said, or 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static char content[1 << 20];

static int do_mount(char **argv)
{
	return mount(argv[0], argv[1], argv[2], 0, argv[3]) < 0 ? errno : 0;
}

/* What was read is written later: no more of it is to fail. */
static int do_read(char **argv, size_t *length)
{
	int fd = open(argv[0], O_RDONLY), error = 0;
	ssize_t got;

	if (fd < 0)
		return errno;
	while ((got = read(fd, content + *length, sizeof(content) - *length)) > 0)
		*length += (size_t)got;
	if (got < 0)
		error = errno;
	close(fd);
	return error;
}

static int write_copy(const char *path, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, content, length) != (ssize_t)length || close(fd) < 0) {
		perror(path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	char left[16] = "";
	size_t length = 0;
	int nth, error, is_mount;

	is_mount = argc == 7 && strcmp(argv[2], "mount") == 0;
	if (!is_mount && !(argc == 5 && strcmp(argv[2], "read") == 0)) {
		fprintf(stderr, "usage: failnth N mount SOURCE TARGET TYPE OPTIONS | failnth N read FILE COPY\n");
		return 2;
	}
	nth = open("/proc/self/fail-nth", O_RDWR);
	if (nth < 0 || write(nth, argv[1], strlen(argv[1])) < 0) {
		perror("/proc/self/fail-nth");
		return 1;
	}
	error = is_mount ? do_mount(argv + 3) : do_read(argv + 3, &length);
	/* Counted down to 0 when it has fired. */
	if (pread(nth, left, sizeof(left) - 1, 0) < 0 || pwrite(nth, "0", 1, 0) < 0) {
		perror("/proc/self/fail-nth");
		return 1;
	}
	printf("fired %d\nerrno %d\n", atoi(left) == 0, error);
	return is_mount ? 0 : write_copy(argv[4], length);
}
