// SPDX-License-Identifier: GPL-2.0-only
/* fusecase CASE MOUNTPOINT [ARGUMENT]: one case, in KTAP. */
#include <stdio.h>
#include <string.h>

#include "case.h"

static const struct {
	const char *name;
	int (*run)(const char *mountpoint, const char *argument);
} cases[] = {
	{ "abandoned", abandoned },
	{ "bad-inode", bad_inode },
	{ "generation", generation },
	{ "kill-suidgid", kill_suidgid },
	{ "launder", launder },
	{ "notify-store", notify_store },
};

int main(int argc, char **argv)
{
	case_mountpoint = argc > 2 ? argv[2] : "";
	for (size_t i = 0; argc > 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run(argv[2], argc > 3 ? argv[3] : "");
	fprintf(stderr, "usage: fusecase CASE MOUNTPOINT [ARGUMENT]\n");
	return 2;
}
