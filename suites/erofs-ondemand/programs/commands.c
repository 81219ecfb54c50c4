// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of the control socket (control/control.h).
 *
 *   stats                     all totals as name=value
 *   get NAME [KEY]            one count, of all images or of the one with that key
 *   wait NAME VALUE [KEY]     the same, answered when the count has reached VALUE
 *   order ORDER               answered with the order's number; orders.c says what an order is
 *   release NUMBER            lets go of what that order holds, answered with how many requests that were
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

static void answer_order(struct daemon *daemon, struct client *client, const char *text)
{
	const char *problem = NULL;
	const struct order *order = orders_add(daemon, text, &problem);

	if (order)
		control_answer(client, "ok %u", order->id);
	else
		control_answer(client, "error %s: %s", problem, text);
}

static void answer_release(struct daemon *daemon, struct client *client, const char *order)
{
	size_t count = requests_release(daemon, (unsigned int)strtoul(order, NULL, 10));

	if (count > 0)
		control_answer(client, "ok %zu", count);
	else
		control_answer(client, "error order %s holds nothing", order);
}

static void close_only_device(struct daemon *daemon)
{
	if (daemon->device >= 0)
		close(daemon->device);
	daemon->device = -1;
}

void obey(void *context, struct client *client, char *line)
{
	struct daemon *daemon = context;
	char *words[4] = { "", "", "", "" };
	char *rest = NULL;
	size_t count = 0;

	if (strncmp(line, "order ", 6) == 0) {
		answer_order(daemon, client, line + 6);
		return;
	}
	for (char *word = strtok_r(line, " ", &rest); word && count < 4; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;

	if (strcmp(words[0], "stats") == 0 && count == 1) {
		char text[LINE_SIZE / 2];

		counts_format(daemon, text, sizeof(text));
		control_answer(client, "ok %s", text);
	} else if (strcmp(words[0], "get") == 0 && (count == 2 || count == 3)) {
		answer_count(&daemon->control, client, words[1], words[2]);
	} else if (strcmp(words[0], "wait") == 0 && (count == 3 || count == 4)) {
		begin_wait(&daemon->control, client, words[1], words[2], words[3]);
	} else if (strcmp(words[0], "release") == 0 && count == 2) {
		answer_release(daemon, client, words[1]);
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
