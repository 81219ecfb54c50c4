// SPDX-License-Identifier: GPL-2.0-only
/*
 * holder FILE: keeps FILE open for reading and does what the lines of its stdin say, each answered by `ok` or `error TEXT`.
 *
 *   read OFFSET BYTES OUT    pread(2), into the file OUT
 *   lock, unlock             a shared lock on all of the file, by fcntl(2)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int copy(int fd, off_t offset, size_t bytes, const char *path)
{
	char *buffer = malloc(bytes + 1);
	ssize_t got = pread(fd, buffer, bytes, offset);
	int out, failed;

	if (got < 0) {
		free(buffer);
		return -1;
	}
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	failed = out < 0 || write(out, buffer, got) != got || close(out) < 0;
	free(buffer);
	return failed ? -1 : 0;
}

static int set_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLKW, &lock);
}

static int obey(int fd, const char *line)
{
	unsigned long long offset, bytes;
	char path[256];

	if (sscanf(line, "read %llu %llu %255s", &offset, &bytes, path) == 3)
		return copy(fd, offset, bytes, path);
	if (strcmp(line, "lock\n") == 0)
		return set_lock(fd, F_RDLCK);
	if (strcmp(line, "unlock\n") == 0)
		return set_lock(fd, F_UNLCK);
	errno = EINVAL;
	return -1;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	char line[512];

	if (fd < 0) {
		perror("holder");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (obey(fd, line) == 0)
			printf("ok\n");
		else
			printf("error %s\n", strerror(errno));
	}
	return 0;
}
