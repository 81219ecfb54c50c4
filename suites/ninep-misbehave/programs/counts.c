// SPDX-License-Identifier: GPL-2.0-only
/* What the server counted, by name: of one file or of all of them. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ninepd.h"

/* The counts of files of that name; names past the last row share the first, which is nobody's. */
struct counts *counts_of(struct server *server, const char *name)
{
	if (server->name_count == 0)
		server->name_count = 1;
	for (size_t i = 0; i < server->name_count; i++)
		if (strcmp(server->counts[i].name, name) == 0)
			return &server->counts[i];
	if (server->name_count == MAX_NAMES)
		return &server->counts[0];
	snprintf(server->counts[server->name_count].name, NAME_SIZE, "%s", name);
	return &server->counts[server->name_count++];
}

static uint64_t sum(const struct server *server, size_t offset, const char *key)
{
	uint64_t total = 0;

	for (size_t i = 0; i < server->name_count; i++)
		if (*key == '\0' || strcmp(server->counts[i].name, key) == 0)
			total += *(const uint64_t *)((const char *)&server->counts[i] + offset);
	return total;
}

static uint64_t mounts(const struct server *server)
{
	uint64_t count = 0;

	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		count += server->connections[i].fd >= 0;
	return count;
}

static uint64_t fids(const struct server *server)
{
	uint64_t count = 0;

	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		count += fids_in_use(&server->connections[i]);
	return count;
}

/*
 * The name of a type: requests of that type, for files called `key` or all when it is empty; so for read_bytes and write_bytes.
 * fired: of the order with that number, or all. held, flushed, mounts, connects, fids and unclunked are of no file. -1: no such count.
 */
int counts_get(const void *context, const char *name, const char *key, uint64_t *value)
{
	const struct server *server = context;
	int type = type_find(name);

	if (type >= 0)
		*value = sum(server, offsetof(struct counts, types) + (size_t)type * sizeof(uint64_t), key);
	else if (strcmp(name, "read_bytes") == 0)
		*value = sum(server, offsetof(struct counts, read_bytes), key);
	else if (strcmp(name, "write_bytes") == 0)
		*value = sum(server, offsetof(struct counts, write_bytes), key);
	else if (strcmp(name, "fired") == 0)
		*value = orders_fired(server, (unsigned int)strtoul(key, NULL, 10));
	else if (strcmp(name, "held") == 0)
		*value = requests_held(server);
	else if (strcmp(name, "flushed") == 0)
		*value = server->flushed;
	else if (strcmp(name, "mounts") == 0)
		*value = mounts(server);
	else if (strcmp(name, "connects") == 0)
		*value = server->connects;
	else if (strcmp(name, "fids") == 0)
		*value = fids(server);
	else if (strcmp(name, "unclunked") == 0)
		*value = server->unclunked;
	else
		return -1;
	return 0;
}
