// SPDX-License-Identifier: GPL-2.0-only
/*
 * handle FILE [INODE:GENERATION]: prints what a file handle is made of on ext4. With the second argument the file is given that
 * generation, when it has that inode number; it fails when it has another.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	unsigned long long inode;
	/* The ioctls are declared with long; ext4 reads and writes an int. */
	unsigned int generation;
	struct stat st;
	int fd;

	if (argc < 2) {
		fprintf(stderr, "usage: handle FILE [INODE:GENERATION]\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(argv[1]);
		return 1;
	}
	if (argc > 2) {
		if (sscanf(argv[2], "%llu:%u", &inode, &generation) != 2 || st.st_ino != inode) {
			fprintf(stderr, "%s is inode %llu, not %s\n", argv[1], (unsigned long long)st.st_ino, argv[2]);
			return 1;
		}
		if (ioctl(fd, FS_IOC_SETVERSION, &generation) < 0) {
			perror("FS_IOC_SETVERSION");
			return 1;
		}
	}
	if (ioctl(fd, FS_IOC_GETVERSION, &generation) < 0) {
		perror("FS_IOC_GETVERSION");
		return 1;
	}
	printf("%llu:%u\n", (unsigned long long)st.st_ino, generation);
	return 0;
}
