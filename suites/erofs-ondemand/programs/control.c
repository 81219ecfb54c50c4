// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control socket: a line in, a line out ("ok …" or "error …").
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
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ondemandd.h"

int control_listen(struct daemon *daemon)
{
	daemon->listener = unix_socket(daemon->socket_path, SOCK_STREAM, true);
	return daemon->listener < 0 ? -1 : 0;
}

void control_accept(struct daemon *daemon)
{
	int fd = accept4(daemon->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (daemon->client_count == MAX_CLIENTS) {
		complain("a client more than %d was turned away", MAX_CLIENTS);
		close(fd);
		return;
	}
	daemon->clients[daemon->client_count++] = (struct client){ .fd = fd };
}

static void drop(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

static void answer(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void answer(struct client *client, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	if (length > (int)sizeof(line) - 2)
		length = (int)sizeof(line) - 2;
	line[length++] = '\n';
	if (write(client->fd, line, (size_t)length) != length)
		drop(client);
}

static void answer_count(const struct daemon *daemon, struct client *client, const char *name, const char *key)
{
	uint64_t value;

	if (counts_get(daemon, name, key, &value) < 0)
		answer(client, "error no count is called %s", name);
	else
		answer(client, "ok %" PRIu64, value);
}

static void begin_wait(const struct daemon *daemon, struct client *client, const char *name, const char *value, const char *key)
{
	uint64_t now;

	if (counts_get(daemon, name, key, &now) < 0) {
		answer(client, "error no count is called %s", name);
		return;
	}
	snprintf(client->wait_name, sizeof(client->wait_name), "%s", name);
	snprintf(client->wait_key, sizeof(client->wait_key), "%s", key);
	client->wait_value = strtoull(value, NULL, 10);
}

static void answer_order(struct daemon *daemon, struct client *client, const char *text)
{
	const char *problem = NULL;
	const struct order *order = orders_add(daemon, text, &problem);

	if (order)
		answer(client, "ok %u", order->id);
	else
		answer(client, "error %s: %s", problem, text);
}

static void answer_release(struct daemon *daemon, struct client *client, const char *order)
{
	size_t count = requests_release(daemon, (unsigned int)strtoul(order, NULL, 10));

	if (count > 0)
		answer(client, "ok %zu", count);
	else
		answer(client, "error order %s holds nothing", order);
}

static void close_only_device(struct daemon *daemon)
{
	if (daemon->device >= 0)
		close(daemon->device);
	daemon->device = -1;
}

static void obey(struct daemon *daemon, struct client *client, char *line)
{
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
		answer(client, "ok %s", text);
	} else if (strcmp(words[0], "get") == 0 && (count == 2 || count == 3)) {
		answer_count(daemon, client, words[1], words[2]);
	} else if (strcmp(words[0], "wait") == 0 && (count == 3 || count == 4)) {
		begin_wait(daemon, client, words[1], words[2], words[3]);
	} else if (strcmp(words[0], "release") == 0 && count == 2) {
		answer_release(daemon, client, words[1]);
	} else if (strcmp(words[0], "poll") == 0 && count == 1) {
		answer(client, "ok %d", device_has_request(daemon));
	} else if (strcmp(words[0], "restore") == 0 && count == 1) {
		answer(client, device_restore(daemon) < 0 ? "error the kernel refused" : "ok");
	} else if (strcmp(words[0], "close-device") == 0 && count == 1) {
		close_only_device(daemon);
		answer(client, "ok");
	} else if (strcmp(words[0], "close-fd") == 0 && count == 2) {
		objects_forget_key(daemon, words[1]);
		answer(client, "ok");
	} else if (strcmp(words[0], "quit") == 0 && count == 1) {
		daemon->quitting = true;
		answer(client, "ok");
	} else {
		answer(client, "error not understood: %s", words[0]);
	}
}

void control_read(struct daemon *daemon, struct client *client)
{
	ssize_t got = read(client->fd, client->line + client->used, sizeof(client->line) - 1 - client->used);
	char *end;

	if (got <= 0) {
		drop(client);
		return;
	}
	client->used += (size_t)got;
	client->line[client->used] = '\0';
	end = strchr(client->line, '\n');
	if (end) {
		*end = '\0';
		client->used = 0;
		obey(daemon, client, client->line);
	} else if (client->used == sizeof(client->line) - 1) {
		drop(client);
	}
}

/* Answers those whose count has come. */
void control_wake(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->client_count; i++) {
		struct client *client = &daemon->clients[i];
		uint64_t value;

		if (client->fd < 0 || !client->wait_name[0] || counts_get(daemon, client->wait_name, client->wait_key, &value) < 0)
			continue;
		if (value >= client->wait_value) {
			client->wait_name[0] = '\0';
			answer(client, "ok %" PRIu64, value);
		}
	}
}

/* Takes out the clients that have gone; only here does a client change its place. */
void control_sweep(struct daemon *daemon)
{
	size_t kept = 0;

	for (size_t i = 0; i < daemon->client_count; i++)
		if (daemon->clients[i].fd >= 0)
			daemon->clients[kept++] = daemon->clients[i];
	daemon->client_count = kept;
}

void control_close(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->client_count; i++)
		if (daemon->clients[i].fd >= 0)
			drop(&daemon->clients[i]);
	daemon->client_count = 0;
	if (daemon->listener >= 0) {
		close(daemon->listener);
		unlink(daemon->socket_path);
	}
}
