// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of the control socket (control/control.h).
 *
 *   get NAME [KEY]            one count (counts.c), of all files or of those with that name
 *   wait NAME VALUE [KEY]     the same, answered when the count has reached VALUE
 *   order ORDER               answered with the order's number; orders.c says what an order is
 *   release NUMBER            lets go of what that order holds, answered with how many requests that were
 *   disconnect                hangs up on every mount
 *   quit
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "ninepd.h"

static void answer_order(struct server *server, struct client *client, const char *text)
{
	const char *problem = NULL;
	const struct order *order = orders_add(server, text, &problem);

	if (order)
		control_answer(client, "ok %u", order->id);
	else
		control_answer(client, "error %s: %s", problem, text);
}

static void answer_release(struct server *server, struct client *client, const char *order)
{
	size_t count = requests_release(server, (unsigned int)strtoul(order, NULL, 10));

	if (count > 0)
		control_answer(client, "ok %zu", count);
	else
		control_answer(client, "error order %s holds nothing", order);
}

static void disconnect_all(struct server *server)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0)
			connection_close(server, &server->connections[i]);
}

void obey(void *context, struct client *client, char *line)
{
	struct server *server = context;
	char *words[4] = { "", "", "", "" };
	char *rest = NULL;
	size_t count = 0;

	if (strncmp(line, "order ", 6) == 0) {
		answer_order(server, client, line + 6);
		return;
	}
	for (char *word = strtok_r(line, " ", &rest); word && count < 4; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;

	if (strcmp(words[0], "get") == 0) {
		answer_count(&server->control, client, words[1], words[2]);
	} else if (strcmp(words[0], "wait") == 0) {
		begin_wait(&server->control, client, words[1], words[2], words[3]);
	} else if (strcmp(words[0], "release") == 0) {
		answer_release(server, client, words[1]);
	} else if (strcmp(words[0], "disconnect") == 0) {
		disconnect_all(server);
		control_answer(client, "ok");
	} else if (strcmp(words[0], "quit") == 0) {
		server->quitting = true;
		control_answer(client, "ok");
	} else {
		control_answer(client, "error not understood: %s %s", words[0], words[1]);
	}
}
