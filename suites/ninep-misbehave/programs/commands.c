// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of the control socket that control/commands.c does not know.
 *
 *   disconnect                hangs up on every mount
 *   quit
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "ninepd.h"

static void disconnect_all(struct server *server)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0)
			connection_close(server, &server->connections[i]);
}

void obey(void *context, struct client *client, char *words[CONTROL_WORDS], size_t count)
{
	struct server *server = context;

	if (strcmp(words[0], "disconnect") == 0 && count == 1) {
		disconnect_all(server);
		control_answer(client, "ok");
	} else if (strcmp(words[0], "quit") == 0 && count == 1) {
		server->quitting = true;
		control_answer(client, "ok");
	} else {
		control_answer(client, "error not understood: %s", words[0]);
	}
}
