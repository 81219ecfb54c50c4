// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of the control socket that control/commands.c does not know.
 *
 *   stats                     all totals as name=value
 *   poll                      1 when the device says that it has a request, 0 when not; nothing is taken
 *   restore                   the kernel's command
 *   close-device              from now on this daemon is deaf
 *   close-fd KEY              closes the anonymous fds of that image
 *   quit                      answered before the daemon lets go of the cache
 *
 * Names of counts: those of counts.c, and each state of vocabulary.h: how many requests have reached it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ondemandd.h"

static void close_only_device(struct daemon *daemon)
{
	if (daemon->device >= 0)
		close(daemon->device);
	daemon->device = -1;
}

void obey(void *context, struct client *client, char *words[CONTROL_WORDS], size_t count)
{
	struct daemon *daemon = context;

	if (strcmp(words[0], "stats") == 0 && count == 1) {
		char text[LINE_SIZE / 2];

		counts_format(daemon, text, sizeof(text));
		control_answer(client, "ok %s", text);
	} else if (strcmp(words[0], "poll") == 0 && count == 1) {
		control_answer(client, "ok %d", device_has_request(daemon));
	} else if (strcmp(words[0], "restore") == 0 && count == 1) {
		control_answer(client, device_restore(daemon) < 0 ? "error the kernel refused" : "ok");
	} else if (strcmp(words[0], "close-device") == 0 && count == 1) {
		close_only_device(daemon);
		control_answer(client, "ok");
	} else if (strcmp(words[0], "close-fd") == 0 && count == 2) {
		objects_forget_key(daemon, words[1]);
		control_answer(client, "ok");
	} else if (strcmp(words[0], "quit") == 0 && count == 1) {
		daemon->quitting = true;
		control_answer(client, "ok");
	} else {
		control_answer(client, "error not understood: %s", words[0]);
	}
}
