// SPDX-License-Identifier: GPL-2.0-only
/* mapread FILE: the file's content on stdout, taken from a shared mapping and so through page faults. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat st;
	char *map;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: mapread FILE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		goto failed;
	if (st.st_size == 0)
		return 0;
	map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		goto failed;
	for (off_t done = 0; done < st.st_size;) {
		/* Through our own buffer: a pipe given the mapping itself would meet the faults inside the kernel's copy. */
		char buffer[65536];
		size_t some = 0;

		while (some < sizeof(buffer) && done < st.st_size)
			buffer[some++] = map[done++];
		if (fwrite(buffer, 1, some, stdout) != some)
			goto failed;
	}
	if (fflush(stdout) != 0)
		goto failed;
	return 0;
failed:
	perror(argv[1]);
	return 1;
}
