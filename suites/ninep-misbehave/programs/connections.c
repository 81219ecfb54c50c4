// SPDX-License-Identifier: GPL-2.0-only
/* The mounts of the server: messages come in, answers go out, and what a mount leaves behind is counted. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ninepd.h"

int connections_listen(struct server *server)
{
	server->listener = unix_socket(server->socket_path, SOCK_STREAM, true);
	return server->listener < 0 ? -1 : 0;
}

void connections_accept(struct server *server)
{
	int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < MAX_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd >= 0)
			continue;
		*connection = (struct connection){ .fd = fd, .msize = server->msize };
		connection->buffer = malloc(server->msize);
		connection->fids = calloc(MAX_FIDS, sizeof(struct fid));
		if (!connection->buffer || !connection->fids)
			abort();
		server->connects++;
		return;
	}
	complain("a mount more than %d was turned away", MAX_CONNECTIONS);
	close(fd);
}

/* Requests in hand are forgotten, fids that were not given back are counted. */
void connection_close(struct server *server, struct connection *connection)
{
	requests_forget(server, connection);
	server->unclunked += fids_in_use(connection);
	for (size_t i = 0; i < MAX_FIDS; i++)
		if (connection->fids[i].is_used)
			fid_forget(&connection->fids[i]);
	free(connection->fids);
	free(connection->buffer);
	close(connection->fd);
	*connection = (struct connection){ .fd = -1 };
}

/* Takes what is there, and every message that is whole. */
void connection_read(struct server *server, struct connection *connection)
{
	ssize_t got = read(connection->fd, connection->buffer + connection->used, server->msize - connection->used);

	if (got <= 0) {
		connection_close(server, connection);
		return;
	}
	connection->used += (size_t)got;
	while (connection->fd >= 0 && connection->used >= HEADER_SIZE) {
		struct message header = { .bytes = connection->buffer, .size = HEADER_SIZE };
		size_t size = get(&header, 4);

		if (size < HEADER_SIZE || size > server->msize) {
			complain("a message of %zu bytes", size);
			connection_close(server, connection);
			return;
		}
		if (connection->used < size)
			return;
		requests_take(server, connection, connection->buffer, size);
		if (connection->fd < 0)
			return;
		connection->used -= size;
		memmove(connection->buffer, connection->buffer + size, connection->used);
	}
}

void connection_send(struct server *server, struct request *request)
{
	struct connection *connection = request->connection;

	for (size_t sent = 0; sent < request->out.at;) {
		ssize_t some = write(connection->fd, request->out.bytes + sent, request->out.at - sent);

		if (some < 0 && errno == EINTR)
			continue;
		if (some < 0) {
			connection_close(server, connection);
			return;
		}
		sent += (size_t)some;
	}
}
