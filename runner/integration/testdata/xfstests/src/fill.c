// SPDX-License-Identifier: GPL-2.0-only
// fill FILE KIB: writes lines that differ from each other.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	FILE *file = argc == 3 ? fopen(argv[1], "w") : NULL;

	if (!file)
		return 1;
	for (long line = 0; line < atol(argv[2]) * 64; line++)
		fprintf(file, "%015ld\n", line);
	return fclose(file) != 0;
}
