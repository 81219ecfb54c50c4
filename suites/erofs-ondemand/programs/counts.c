// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon counted, by name: of one image or of all of them. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ondemandd.h"

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "opens", offsetof(struct counts, opens) },	   { "reads", offsetof(struct counts, reads) },
	{ "closes", offsetof(struct counts, closes) },	   { "refused", offsetof(struct counts, refused) },
	{ "read_bytes", offsetof(struct counts, read_bytes) }, { "failures", offsetof(struct counts, failures) },
	{ "lies", offsetof(struct counts, lies) },	   { "rejected", offsetof(struct counts, rejected) },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static uint64_t sum(const struct daemon *daemon, size_t offset, const char *key)
{
	uint64_t total = *key == '\0' ? *(const uint64_t *)((const char *)&daemon->nobodys + offset) : 0;

	for (size_t i = 0; i < daemon->image_count; i++) {
		const struct image *image = &daemon->images[i];

		if (*key == '\0' || strcmp(image->key, key) == 0)
			total += *(const uint64_t *)((const char *)&image->counts + offset);
	}
	return total;
}

static uint64_t held(const struct daemon *daemon)
{
	uint64_t count = 0;

	for (size_t i = 0; i < MAX_REQUESTS; i++)
		count += daemon->requests[i].is_used && daemon->requests[i].held_by;
	return count;
}

/* How often that order fired, or all of them together. */
static uint64_t fired(const struct daemon *daemon, const char *id)
{
	uint64_t count = 0;

	for (size_t i = 0; i < daemon->order_count; i++)
		if (*id == '\0' || strtoul(id, NULL, 10) == daemon->orders[i].id)
			count += daemon->orders[i].fired;
	return count;
}

/*
 * The count of that name: one of `fields` or the name of a state, of the image `key` or of all when it is empty; or of no
 * image: held, spurious, fired (whose key is an order's number). Returns -1 when there is no such count.
 */
int counts_get(const void *context, const char *name, const char *key, uint64_t *value)
{
	const struct daemon *daemon = context;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (strcmp(fields[i].name, name) == 0) {
			*value = sum(daemon, fields[i].offset, key);
			return 0;
		}
	}
	for (int i = 0; i < STATE_COUNT; i++) {
		if (strcmp(state_name((enum state)i), name) == 0) {
			*value = sum(daemon, offsetof(struct counts, states) + (size_t)i * sizeof(uint64_t), key);
			return 0;
		}
	}
	if (strcmp(name, "held") == 0)
		*value = held(daemon);
	else if (strcmp(name, "spurious") == 0)
		*value = daemon->spurious;
	else if (strcmp(name, "fired") == 0)
		*value = fired(daemon, key);
	else
		return -1;
	return 0;
}

/* All totals as `name=value` with blanks between. */
void counts_format(const struct daemon *daemon, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < FIELD_COUNT && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s=%" PRIu64, i ? " " : "", fields[i].name,
					 sum(daemon, fields[i].offset, ""));
}
