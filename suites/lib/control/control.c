// SPDX-License-Identifier: GPL-2.0-only
/* Who is on the control socket, and what they wait for. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"

int control_listen(struct control *control)
{
	control->listener = unix_socket(control->path, SOCK_STREAM, true);
	return control->listener < 0 ? -1 : 0;
}

static void hang_up(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

void control_answer(struct client *client, const char *format, ...)
{
	char line[CONTROL_LINE];
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

static void take_client(struct control *control)
{
	int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (control->client_count == CONTROL_CLIENTS) {
		complain("a client more than %d was turned away", CONTROL_CLIENTS);
		close(fd);
		return;
	}
	control->clients[control->client_count++] = (struct client){ .fd = fd };
}

static void read_client(struct control *control, struct client *client)
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
		control_obey(control, client, client->line);
	} else if (client->used == sizeof(client->line) - 1) {
		hang_up(client);
	}
}

/* Answers those whose count has come. */
static void wake(struct control *control)
{
	for (size_t i = 0; i < control->client_count; i++) {
		struct client *client = &control->clients[i];
		uint64_t value;

		if (client->fd < 0 || !client->wait_name[0] || control->get(control->daemon, client->wait_name, client->wait_key, &value) < 0)
			continue;
		if (value >= client->wait_value) {
			client->wait_name[0] = '\0';
			control_answer(client, "ok %" PRIu64, value);
		}
	}
}

/* Takes out the clients that have gone; only here does a client change its place. */
static void sweep(struct control *control)
{
	size_t kept = 0;

	for (size_t i = 0; i < control->client_count; i++)
		if (control->clients[i].fd >= 0)
			control->clients[kept++] = control->clients[i];
	control->client_count = kept;
}

/* Returns how many of `fds` are set. */
size_t control_poll(const struct control *control, struct pollfd fds[CONTROL_FDS])
{
	fds[0] = (struct pollfd){ .fd = control->listener, .events = POLLIN };
	for (size_t i = 0; i < control->client_count; i++)
		fds[1 + i] = (struct pollfd){ .fd = control->clients[i].fd, .events = POLLIN };
	return 1 + control->client_count;
}

/* What poll made of the `count` entries of control_poll; whatever else the daemon does in a round comes before. */
void control_serve(struct control *control, const struct pollfd *fds, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (fds[i].revents)
			read_client(control, &control->clients[i - 1]);
	wake(control);
	sweep(control);
	if (fds[0].revents)
		take_client(control);
}

void control_close(struct control *control)
{
	for (size_t i = 0; i < control->client_count; i++)
		if (control->clients[i].fd >= 0)
			hang_up(&control->clients[i]);
	control->client_count = 0;
	if (control->listener >= 0) {
		close(control->listener);
		unlink(control->path);
	}
}
