// SPDX-License-Identifier: GPL-2.0-only
/* resident FILE...: for each file a line with the number of its pages that are in the page cache, as mincore(2) has it. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int resident(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t page = sysconf(_SC_PAGESIZE), pages, found = 0;
	unsigned char *in_core;
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	pages = (st.st_size + page - 1) / page;
	if (pages > 0) {
		in_core = malloc(pages);
		map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (!in_core || map == MAP_FAILED || mincore(map, st.st_size, in_core) < 0)
			return -1;
		for (size_t i = 0; i < pages; i++)
			found += in_core[i] & 1;
		munmap(map, st.st_size);
		free(in_core);
	}
	close(fd);
	printf("%zu %s\n", found, path);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++) {
		if (resident(argv[i]) < 0) {
			perror(argv[i]);
			status = 1;
		}
	}
	return status;
}
