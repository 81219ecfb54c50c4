// SPDX-License-Identifier: GPL-2.0-only
/* seeded SEED BYTES: that many bytes on stdout, incompressible and the same for the same seed (splitmix64). */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

int main(int argc, char **argv)
{
	uint64_t block[512];
	uint64_t state, left;

	if (argc != 3) {
		fprintf(stderr, "usage: seeded SEED BYTES\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 0);
	left = strtoull(argv[2], NULL, 0);
	while (left > 0) {
		size_t some = left < sizeof(block) ? left : sizeof(block);

		for (size_t i = 0; i < sizeof(block) / sizeof(block[0]); i++)
			block[i] = next(&state);
		if (fwrite(block, 1, some, stdout) != some) {
			perror("seeded");
			return 1;
		}
		left -= some;
	}
	if (fflush(stdout) != 0) {
		perror("seeded");
		return 1;
	}
	return 0;
}
