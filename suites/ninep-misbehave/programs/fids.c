// SPDX-License-Identifier: GPL-2.0-only
/* The fids of a mount: what the client has in its hands. */
#include <stdio.h>
#include <unistd.h>

#include "ninepd.h"

struct fid *fid_find(struct connection *connection, uint32_t number)
{
	for (size_t i = 0; i < MAX_FIDS; i++)
		if (connection->fids[i].is_used && connection->fids[i].number == number)
			return &connection->fids[i];
	return NULL;
}

/* Takes `path` over; NULL when the number is in use or there are too many. */
struct fid *fid_add(struct connection *connection, uint32_t number, int path, const char *name)
{
	for (size_t i = 0; i < MAX_FIDS && !fid_find(connection, number); i++) {
		struct fid *fid = &connection->fids[i];

		if (fid->is_used)
			continue;
		*fid = (struct fid){ .number = number, .is_used = true, .path = path, .fd = -1 };
		snprintf(fid->name, sizeof(fid->name), "%s", name);
		return fid;
	}
	close(path);
	return NULL;
}

void fid_forget(struct fid *fid)
{
	if (fid->dir)
		closedir(fid->dir);
	else if (fid->fd >= 0)
		close(fid->fd);
	close(fid->path);
	fid->is_used = false;
}

size_t fids_in_use(const struct connection *connection)
{
	size_t count = 0;

	for (size_t i = 0; connection->fids && i < MAX_FIDS; i++)
		count += connection->fids[i].is_used;
	return count;
}
