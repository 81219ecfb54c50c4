// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control socket: a line in, a line out ("ok …" or "error …").
 *
 *   get NAME [KEY]            one count (counts.c), of all files or of those with that name
 *   wait NAME VALUE [KEY]     the same, answered when the count has reached VALUE
 *   order ORDER               answered with the order's number; orders.c says what an order is
 *   release NUMBER            lets go of what that order holds, answered with how many requests that were
 *   disconnect                hangs up on every mount
 *   quit
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ninepd.h"

int control_listen(struct server *server)
{
	server->control = unix_socket(server->control_path, SOCK_STREAM, true);
	return server->control < 0 ? -1 : 0;
}

void control_accept(struct server *server)
{
	int fd = accept4(server->control, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (server->client_count == MAX_CLIENTS) {
		complain("a client more than %d was turned away", MAX_CLIENTS);
		close(fd);
		return;
	}
	server->clients[server->client_count++] = (struct client){ .fd = fd };
}

static void hang_up(struct client *client)
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
		hang_up(client);
}

static void answer_order(struct server *server, struct client *client, const char *text)
{
	const char *problem = NULL;
	const struct order *order = orders_add(server, text, &problem);

	if (order)
		answer(client, "ok %u", order->id);
	else
		answer(client, "error %s: %s", problem, text);
}

static void answer_release(struct server *server, struct client *client, const char *order)
{
	size_t count = requests_release(server, (unsigned int)strtoul(order, NULL, 10));

	if (count > 0)
		answer(client, "ok %zu", count);
	else
		answer(client, "error order %s holds nothing", order);
}

static void disconnect_all(struct server *server)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0)
			connection_close(server, &server->connections[i]);
}

static void obey(struct server *server, struct client *client, char *line)
{
	char *words[4] = { "", "", "", "" };
	char *rest = NULL;
	size_t count = 0;
	uint64_t value;

	if (strncmp(line, "order ", 6) == 0) {
		answer_order(server, client, line + 6);
		return;
	}
	for (char *word = strtok_r(line, " ", &rest); word && count < 4; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;

	if (strcmp(words[0], "get") == 0 && counts_get(server, words[1], words[2], &value) == 0) {
		answer(client, "ok %" PRIu64, value);
	} else if (strcmp(words[0], "wait") == 0 && counts_get(server, words[1], words[3], &value) == 0) {
		snprintf(client->wait_name, sizeof(client->wait_name), "%s", words[1]);
		snprintf(client->wait_key, sizeof(client->wait_key), "%s", words[3]);
		client->wait_value = strtoull(words[2], NULL, 10);
	} else if (strcmp(words[0], "release") == 0) {
		answer_release(server, client, words[1]);
	} else if (strcmp(words[0], "disconnect") == 0) {
		disconnect_all(server);
		answer(client, "ok");
	} else if (strcmp(words[0], "quit") == 0) {
		server->quitting = true;
		answer(client, "ok");
	} else {
		answer(client, "error not understood: %s %s", words[0], words[1]);
	}
}

void control_read(struct server *server, struct client *client)
{
	ssize_t got = read(client->fd, client->line + client->used, sizeof(client->line) - 1 - client->used);
	char *end;

	if (got <= 0) {
		hang_up(client);
		return;
	}
	client->used += (size_t)got;
	client->line[client->used] = '\0';
	end = strchr(client->line, '\n');
	if (end) {
		*end = '\0';
		client->used = 0;
		obey(server, client, client->line);
	} else if (client->used == sizeof(client->line) - 1) {
		hang_up(client);
	}
}

/* Answers those whose count has come. */
void control_wake(struct server *server)
{
	for (size_t i = 0; i < server->client_count; i++) {
		struct client *client = &server->clients[i];
		uint64_t value;

		if (client->fd < 0 || !client->wait_name[0] || counts_get(server, client->wait_name, client->wait_key, &value) < 0)
			continue;
		if (value >= client->wait_value) {
			client->wait_name[0] = '\0';
			answer(client, "ok %" PRIu64, value);
		}
	}
}

/* Takes out the clients that have gone; only here does a client change its place. */
void control_sweep(struct server *server)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->client_count; i++)
		if (server->clients[i].fd >= 0)
			server->clients[kept++] = server->clients[i];
	server->client_count = kept;
}
