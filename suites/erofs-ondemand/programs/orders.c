// SPDX-License-Identifier: GPL-2.0-only
/*
 * Orders: what to do when a request stands at a state. As text:
 *
 *   STATE [nth=N] [times=N] [key=IMAGE] ACTION      before-read nth=3 key=tree.erofs kill
 *
 * States and actions are those of vocabulary.h. An order fires at the Nth request that comes by (the first without nth), once (without
 * times), and is then spent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ondemandd.h"

static const char *const state_names[] = {
#define STATE(symbol, name) [symbol] = name,
#define ACTION(symbol, name, states)
#include "vocabulary.h"
};

static const struct {
	const char *name;
	unsigned int states;
} actions[] = {
#define STATE(symbol, name)
#define ACTION(symbol, name, states) [symbol] = { name, states },
#include "vocabulary.h"
};

const char *state_name(enum state state)
{
	return state_names[state];
}

static int find_state(const char *name)
{
	for (int i = 0; i < STATE_COUNT; i++)
		if (strcmp(state_names[i], name) == 0)
			return i;
	return -1;
}

static int find_action(const char *name)
{
	for (int i = 0; i < ACTION_COUNT; i++)
		if (strcmp(actions[i].name, name) == 0)
			return i;
	return -1;
}

static bool parse_word(struct order *order, const char *word)
{
	if (strncmp(word, "nth=", 4) == 0)
		return (order->nth = strtoull(word + 4, NULL, 10)) > 0;
	if (strncmp(word, "times=", 6) == 0)
		return (order->times = strtoull(word + 6, NULL, 10)) > 0;
	if (strncmp(word, "key=", 4) == 0)
		return (size_t)snprintf(order->key, sizeof(order->key), "%s", word + 4) < sizeof(order->key);
	return false;
}

/* The number of the order that was added, or 0 with a text in `problem`. */
unsigned int orders_add(void *context, const char *text, const char **problem)
{
	struct daemon *daemon = context;
	struct order order = { .id = (unsigned int)daemon->order_count + 1, .nth = 1, .times = 1 };
	char line[LINE_SIZE];
	char *rest = NULL;
	char *word;
	int state;
	int action = -1;

	snprintf(line, sizeof(line), "%s", text);
	word = strtok_r(line, " ", &rest);
	state = word ? find_state(word) : -1;
	*problem = "no state is called so";
	if (state < 0)
		return 0;
	*problem = "an order is STATE [nth=N] [times=N] [key=IMAGE] ACTION";
	while ((word = strtok_r(NULL, " ", &rest)) && action < 0) {
		action = find_action(word);
		if (action < 0 && !parse_word(&order, word))
			return 0;
	}
	if (action < 0 || word)
		return 0;
	*problem = "the action means nothing in that state";
	if (!(actions[action].states & (1U << state)))
		return 0;
	*problem = "too many orders";
	if (daemon->order_count == MAX_ORDERS)
		return 0;
	order.state = (enum state)state;
	order.action = (enum action)action;
	daemon->orders[daemon->order_count] = order;
	return daemon->orders[daemon->order_count++].id;
}

/* One line for each state a request reaches; written at once, because the daemon may be about to die. */
static void write_journal(const struct daemon *daemon, enum state state, const struct request *request, const struct order *order)
{
	static const char *const opcodes[] = { "OPEN", "CLOSE", "READ" };
	const struct cachefiles_msg *msg = (const void *)request->buffer;
	const struct cachefiles_read *read = (const void *)msg->data;
	bool is_read = state != BEFORE_TAKE && msg->opcode == CACHEFILES_OP_READ;
	char line[LINE_SIZE];
	int length;

	if (daemon->journal < 0)
		return;
	length = snprintf(line, sizeof(line), "%d %s %s msg=%u object=%d offset=%llu length=%llu key=%s%s%s\n", getpid(), state_name(state),
			  state == BEFORE_TAKE || msg->opcode > 2 ? "-" : opcodes[msg->opcode], msg->msg_id, (int)msg->object_id,
			  is_read ? (unsigned long long)read->off : 0, is_read ? (unsigned long long)read->len : 0,
			  request->image ? request->image->key : "-", order ? " order=" : "", order ? actions[order->action].name : "");
	if (length >= (int)sizeof(line))
		length = (int)sizeof(line) - 1;
	if (write(daemon->journal, line, (size_t)length) != length)
		complain("the journal cannot be written");
}

static struct order *find_due(struct daemon *daemon, enum state state, const char *key)
{
	struct order *due = NULL;

	for (size_t i = 0; i < daemon->order_count; i++) {
		struct order *order = &daemon->orders[i];

		if (order->state != state || (order->key[0] && strcmp(order->key, key) != 0))
			continue;
		order->seen++;
		if (!due && order->seen >= order->nth && order->fired < order->times)
			due = order;
	}
	return due;
}

/* The request has reached that state: says so in counts and journal, and returns the order that fires there, or NULL. */
const struct order *orders_fire(struct daemon *daemon, enum state state, const struct request *request)
{
	struct counts *counts = request->image ? &request->image->counts : &daemon->nobodys;
	struct order *order = find_due(daemon, state, request->image ? request->image->key : "");

	counts->states[state]++;
	if (order)
		order->fired++;
	write_journal(daemon, state, request, order);
	return order;
}
