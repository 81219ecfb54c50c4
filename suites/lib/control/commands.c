// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that every daemon with a control socket has:
 *
 *   get NAME [KEY]            one count, of all or of what has that key
 *   wait NAME VALUE [KEY]     the same, answered when the count has reached VALUE
 *   order ORDER               answered with the order's number; orders.c of the daemon says what an order is
 *   release NUMBER            lets go of what that order holds, answered with how many requests that were
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"

static void answer_count(const struct control *control, struct client *client, const char *name, const char *key)
{
	uint64_t value;

	if (control->get(control->daemon, name, key, &value) < 0)
		control_answer(client, "error no count is called %s", name);
	else
		control_answer(client, "ok %" PRIu64, value);
}

static void begin_wait(const struct control *control, struct client *client, const char *name, const char *value, const char *key)
{
	uint64_t now;

	if (control->get(control->daemon, name, key, &now) < 0) {
		control_answer(client, "error no count is called %s", name);
		return;
	}
	snprintf(client->wait_name, sizeof(client->wait_name), "%s", name);
	snprintf(client->wait_key, sizeof(client->wait_key), "%s", key);
	client->wait_value = strtoull(value, NULL, 10);
}

static void answer_order(const struct control *control, struct client *client, const char *text)
{
	const char *problem = NULL;
	unsigned int order = control->order(control->daemon, text, &problem);

	if (order > 0)
		control_answer(client, "ok %u", order);
	else
		control_answer(client, "error %s: %s", problem, text);
}

static void answer_release(const struct control *control, struct client *client, const char *order)
{
	size_t count = control->release(control->daemon, (unsigned int)strtoul(order, NULL, 10));

	if (count > 0)
		control_answer(client, "ok %zu", count);
	else
		control_answer(client, "error order %s holds nothing", order);
}

void control_obey(struct control *control, struct client *client, char *line)
{
	char *words[CONTROL_WORDS] = { "", "", "", "" };
	char *rest = NULL;
	size_t count = 0;

	if (strncmp(line, "order ", 6) == 0) {
		answer_order(control, client, line + 6);
		return;
	}
	for (char *word = strtok_r(line, " ", &rest); word && count < CONTROL_WORDS; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;

	if (strcmp(words[0], "get") == 0 && (count == 2 || count == 3))
		answer_count(control, client, words[1], words[2]);
	else if (strcmp(words[0], "wait") == 0 && (count == 3 || count == 4))
		begin_wait(control, client, words[1], words[2], words[3]);
	else if (strcmp(words[0], "release") == 0 && count == 2)
		answer_release(control, client, words[1]);
	else
		control->obey(control->daemon, client, words, count);
}

/* An order of the command line. */
int control_order(struct control *control, const char *text)
{
	const char *problem = NULL;

	if (control->order(control->daemon, text, &problem) > 0)
		return 0;
	complain("%s: %s", problem, text);
	return -1;
}
