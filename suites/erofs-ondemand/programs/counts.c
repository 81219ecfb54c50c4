// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon counted, by name: of one image or of all of them. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ondemandd.h"

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "opens", offsetof(struct counts, opens) },	   { "reads", offsetof(struct counts, reads) },
	{ "closes", offsetof(struct counts, closes) },	   { "refused", offsetof(struct counts, refused) },
	{ "read_bytes", offsetof(struct counts, read_bytes) }, { "failures", offsetof(struct counts, failures) },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static uint64_t sum(const struct daemon *daemon, size_t offset, const char *key)
{
	uint64_t total = 0;

	for (size_t i = 0; i < daemon->image_count; i++) {
		const struct image *image = &daemon->images[i];

		if (*key == '\0' || strcmp(image->key, key) == 0)
			total += *(const uint64_t *)((const char *)&image->counts + offset);
	}
	return total;
}

/* The count of that name, of the image `key` or of all when it is empty; -1 when there is no such count. */
int counts_get(const struct daemon *daemon, const char *name, const char *key, uint64_t *value)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (strcmp(fields[i].name, name) == 0) {
			*value = sum(daemon, fields[i].offset, key);
			return 0;
		}
	}
	return -1;
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
