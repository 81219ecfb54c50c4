// SPDX-License-Identifier: GPL-2.0-only
/* The fields of 9p messages: little-endian numbers, and texts with their length in two bytes before them. */
#include <string.h>

#include "ninepd.h"

static bool has_room(struct message *message, size_t bytes)
{
	if (message->at > message->size || bytes > message->size - message->at)
		message->is_bad = true;
	return !message->is_bad;
}

uint64_t get(struct message *message, size_t bytes)
{
	uint64_t value = 0;

	if (!has_room(message, bytes))
		return 0;
	for (size_t i = bytes; i-- > 0;)
		value = value << 8 | message->bytes[message->at + i];
	message->at += bytes;
	return value;
}

/* false when the text does not fit into `size` bytes, or is no text. */
bool get_text(struct message *message, char *text, size_t size)
{
	size_t length = get(message, 2);

	text[0] = '\0';
	if (!has_room(message, length) || length >= size || memchr(message->bytes + message->at, '\0', length))
		message->is_bad = true;
	if (message->is_bad)
		return false;
	memcpy(text, message->bytes + message->at, length);
	text[length] = '\0';
	message->at += length;
	return true;
}

void put_at(struct message *message, size_t at, size_t bytes, uint64_t value)
{
	for (size_t i = 0; i < bytes && at + i < message->size; i++)
		message->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

void put(struct message *message, size_t bytes, uint64_t value)
{
	if (!has_room(message, bytes))
		return;
	put_at(message, message->at, bytes, value);
	message->at += bytes;
}

void put_text(struct message *message, const char *text)
{
	size_t length = strlen(text);

	put(message, 2, length);
	if (!has_room(message, length))
		return;
	memcpy(message->bytes + message->at, text, length);
	message->at += length;
}
