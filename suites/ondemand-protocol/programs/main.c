// SPDX-License-Identifier: GPL-2.0-only
/*
 * The on-demand protocol of cachefiles, rule by rule, against the raw device. Run in a folder with images/NAME.erofs, images/NAME.blob,
 * source-NAME/big and cache/, for NAME a and b (suites/lib/protocol.sh makes them).
 *
 *   protocol GROUP              KTAP of the tests of that group
 *   protocol fuzz SEED STEPS    the same steps for the same seed
 */
#include <stdio.h>
#include <string.h>

#include "protocol.h"

static const struct group *const groups[] = {
	&commands_group,  &message_ids_group, &anonymous_fd_group, &polling_group,   &restoring_group, &killing_group,
	&sharing_group,	  &closing_group,     &collision_group,	   &limits_group,
	&poll_race_group, &reopen_race_group,
};

int main(int argc, char **argv)
{
	cache_prepare();
	if (argc == 4 && strcmp(argv[1], "fuzz") == 0)
		return fuzz_main(argc - 2, argv + 2);
	for (size_t i = 0; argc == 2 && i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(groups[i]->name, argv[1]) == 0)
			return run_group(groups[i]);
	fputs("usage: protocol GROUP\n       protocol fuzz SEED STEPS\n", stderr);
	return 2;
}
