// SPDX-License-Identifier: GPL-2.0-only
/*
 * punch IMAGE BLOB: makes holes of an image's chunks that are all zeroes in its blob, which mkfs.erofs 1.5 stores like any other. Prints how
 * many chunks that were. The superblock's checksum is given up, for it covers the inodes beside it.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096
#define SUPERBLOCK 1024
#define HOLE 0xffffffffU

/* struct erofs_inode_chunk_index of fs/erofs/erofs_fs.h. */
struct chunk_index {
	uint16_t advise;
	uint16_t device;
	uint32_t block;
};

static char *map(const char *path, size_t *size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat stat;
	char *at = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &stat) == 0 && stat.st_size > 0) {
		*size = (size_t)stat.st_size;
		at = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	}
	if (at == MAP_FAILED) {
		perror(path);
		return NULL;
	}
	close(fd);
	return at;
}

static int is_zero(const char *blob, size_t size, uint32_t block)
{
	static const char zeroes[BLOCK];

	return (size_t)block * BLOCK + BLOCK <= size && memcmp(blob + (size_t)block * BLOCK, zeroes, BLOCK) == 0;
}

int main(int argc, char **argv)
{
	size_t image_size = 0;
	size_t blob_size = 0;
	char *image = argc == 3 ? map(argv[1], &image_size) : NULL;
	char *blob = argc == 3 ? map(argv[2], &blob_size) : NULL;
	uint32_t features;
	int holes = 0;

	if (!image || !blob || image_size < SUPERBLOCK + 128) {
		fputs("usage: punch IMAGE BLOB\n", stderr);
		return 2;
	}
	memcpy(&features, image + SUPERBLOCK + 8, sizeof(features));
	features &= ~htole32(1);
	memcpy(image + SUPERBLOCK + 8, &features, sizeof(features));
	/* The image has one file, of random bytes and zeroes: what looks like an index of the blob is one. */
	for (size_t at = SUPERBLOCK + 128; at + sizeof(struct chunk_index) <= image_size; at += sizeof(struct chunk_index)) {
		struct chunk_index index;

		memcpy(&index, image + at, sizeof(index));
		if (index.advise != 0 || le16toh(index.device) != 1 || !is_zero(blob, blob_size, le32toh(index.block)))
			continue;
		index.block = HOLE;
		memcpy(image + at, &index, sizeof(index));
		holes++;
	}
	printf("%d\n", holes);
	return 0;
}
