// SPDX-License-Identifier: GPL-2.0-only
/* The cache files that are open: each has an anonymous fd here, and with a keeper that keeps all, a second one there. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ondemandd.h"

struct object *object_find(struct daemon *daemon, uint32_t id)
{
	for (size_t i = 0; i < daemon->object_count; i++)
		if (daemon->objects[i].id == id)
			return &daemon->objects[i];
	return NULL;
}

/* NULL when the table is full. */
struct object *object_add(struct daemon *daemon, uint32_t id, int fd, struct image *image)
{
	if (daemon->object_count == MAX_OBJECTS)
		return NULL;
	daemon->objects[daemon->object_count] = (struct object){ .id = id, .fd = fd, .image = image };
	return &daemon->objects[daemon->object_count++];
}

void object_forget(struct daemon *daemon, struct object *object)
{
	char what[64];

	snprintf(what, sizeof(what), "forget %" PRIu32, object->id);
	if (daemon->keeps_objects)
		keeper_keep(daemon, what, -1);
	close(object->fd);
	*object = daemon->objects[--daemon->object_count];
}

void objects_forget_key(struct daemon *daemon, const char *key)
{
	for (size_t i = daemon->object_count; i-- > 0;)
		if (strcmp(daemon->objects[i].image->key, key) == 0)
			object_forget(daemon, &daemon->objects[i]);
}
