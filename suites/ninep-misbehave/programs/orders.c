// SPDX-License-Identifier: GPL-2.0-only
/*
 * Orders: what to do with a request that comes by. As text:
 *
 *   before-TYPE|after-TYPE [nth=N] [times=N] [key=NAME] ACTION[=VALUE]      before-read nth=3 key=file hold
 *
 * Types and actions are those of vocabulary.h; the type `any` is every one. An order fires at the Nth request of its kind (the first
 * without nth), once (without times), and is then spent. All that are due fire.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ninepd.h"

static const char *const type_names[] = {
#define TYPE(symbol, number, name, handler, key) [symbol] = name,
#define ACTION(symbol, name, has_value, whens)
#include "vocabulary.h"
};

static const struct {
	const char *name;
	bool has_value;
	unsigned int whens;
} actions[] = {
#define TYPE(symbol, number, name, handler, key)
#define ACTION(symbol, name, has_value, whens) [DO_##symbol] = { name, has_value, whens },
#include "vocabulary.h"
};

int type_find(const char *name)
{
	for (int i = 0; i < TYPE_COUNT; i++)
		if (strcmp(type_names[i], name) == 0)
			return i;
	return -1;
}

static bool parse_place(struct order *order, const char *word)
{
	const char *dash = word ? strchr(word, '-') : NULL;
	int type;

	if (!dash)
		return false;
	if (strncmp(word, "before-", 7) == 0)
		order->when = BEFORE;
	else if (strncmp(word, "after-", 6) == 0)
		order->when = AFTER;
	else
		return false;
	order->is_for_any = strcmp(dash + 1, "any") == 0;
	type = order->is_for_any ? 0 : type_find(dash + 1);
	order->type = (enum type)type;
	return type >= 0;
}

static bool parse_word(struct order *order, const char *word)
{
	if (strncmp(word, "nth=", 4) == 0)
		return (order->nth = strtoull(word + 4, NULL, 0)) > 0;
	if (strncmp(word, "times=", 6) == 0)
		return (order->times = strtoull(word + 6, NULL, 0)) > 0;
	if (strncmp(word, "key=", 4) == 0)
		return (size_t)snprintf(order->name, NAME_SIZE, "%s", word + 4) < NAME_SIZE;
	return false;
}

static bool parse_action(struct order *order, const char *word)
{
	size_t length = strcspn(word, "=");

	for (int i = 0; i < ACTION_COUNT; i++) {
		if (strlen(actions[i].name) != length || strncmp(actions[i].name, word, length) != 0)
			continue;
		order->action = (enum action)i;
		if (word[length] == '=')
			order->value = strtoull(word + length + 1, NULL, 0);
		return actions[i].has_value == (word[length] == '=') && (actions[i].whens & order->when);
	}
	return false;
}

/* The number of the order that was added, or 0 with a text in `problem`. */
unsigned int orders_add(void *context, const char *text, const char **problem)
{
	struct server *server = context;
	struct order order = { .id = (unsigned int)server->order_count + 1, .nth = 1, .times = 1 };
	char line[LINE_SIZE];
	char *rest = NULL;
	char *word;

	snprintf(line, sizeof(line), "%s", text);
	*problem = "an order begins with before-TYPE or after-TYPE";
	if (!parse_place(&order, strtok_r(line, " ", &rest)))
		return 0;
	do
		word = strtok_r(NULL, " ", &rest);
	while (word && parse_word(&order, word));
	*problem = "no such action there";
	if (!word || !parse_action(&order, word))
		return 0;
	*problem = "the action is the last word";
	if (strtok_r(NULL, " ", &rest))
		return 0;
	*problem = "too many orders";
	if (server->order_count == MAX_ORDERS)
		return 0;
	server->orders[server->order_count] = order;
	return server->orders[server->order_count++].id;
}

static bool is_due(struct order *order, const struct request *request)
{
	if (order->when != request->when || (!order->is_for_any && order->type != request->type))
		return false;
	if (order->name[0] && strcmp(order->name, request->name) != 0)
		return false;
	order->seen++;
	return order->seen >= order->nth && order->fired < order->times;
}

/* Every order that is due; the request may be gone afterwards, with its connection. */
void orders_apply(struct server *server, struct request *request)
{
	for (size_t i = 0; i < server->order_count && request->is_used; i++) {
		struct order *order = &server->orders[i];

		if (!is_due(order, request))
			continue;
		order->fired++;
		switch (order->action) {
		case DO_HOLD: request->held_by = order->id; break;
		case DO_DROP: request->is_dropped = true; break;
		case DO_DISCONNECT: connection_close(server, request->connection); break;
		case DO_ERROR: request->error = (int)order->value; break;
		case DO_SHORT: request->limit = (uint32_t)order->value; break;
		default: twist(request, order->action, order->value); break;
		}
	}
}

/* How often that order fired, or all of them for 0. */
uint64_t orders_fired(const struct server *server, unsigned int id)
{
	uint64_t count = 0;

	for (size_t i = 0; i < server->order_count; i++)
		if (id == 0 || server->orders[i].id == id)
			count += server->orders[i].fired;
	return count;
}
