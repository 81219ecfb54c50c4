// SPDX-License-Identifier: GPL-2.0-only
/* mount-file FILE DIRECTORY OPTIONS: mount(2) of an erofs, read-only, and no more: mount(8) would make a loop device of a file. */
#include <stdio.h>
#include <sys/mount.h>

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: mount-file FILE DIRECTORY OPTIONS\n", stderr);
		return 2;
	}
	if (mount(argv[1], argv[2], "erofs", MS_RDONLY, argv[3]) < 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
