// SPDX-License-Identifier: GPL-2.0-only
/* shorten PATH BYTES: truncate(2), which unlike every tool for it does not open the file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (truncate(argv[1], atol(argv[2])) < 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
