// SPDX-License-Identifier: GPL-2.0-only
/* The life of a request: orders before its work, its work, orders after it, its answer. It may be held before and after its work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ninepd.h"

enum key { BY_NOTHING, BY_FID, BY_NAME, BY_WALK };

static const struct {
	uint8_t number;
	int (*serve)(struct server *server, struct request *request);
	enum key key;
} types[] = {
#define TYPE(symbol, number, name, handler, key) [symbol] = { number, handler, key },
#define ACTION(symbol, name, has_value, whens)
#include "vocabulary.h"
};

#define RLERROR 7

/* Everything but the fid's own name comes out of the message, before its work: a name that is created has no fid yet. */
static void find_name(struct request *request)
{
	struct message body = request->in;
	const struct fid *fid;
	uint64_t names;

	if (types[request->type].key == BY_NOTHING)
		return;
	fid = fid_find(request->connection, (uint32_t)get(&body, 4));
	if (types[request->type].key == BY_NAME) {
		get_text(&body, request->name, NAME_SIZE);
		return;
	}
	if (fid)
		snprintf(request->name, NAME_SIZE, "%s", fid->name);
	if (types[request->type].key != BY_WALK)
		return;
	get(&body, 4);
	for (names = get(&body, 2); names > 0; names--)
		get_text(&body, request->name, NAME_SIZE);
}

static void forget(struct request *request)
{
	free(request->in.bytes);
	free(request->out.bytes);
	*request = (struct request){ .is_used = false };
}

static void begin_answer(struct request *request, uint8_t type)
{
	request->out.at = 0;
	request->out.is_bad = false;
	put(&request->out, 4, 0);
	put(&request->out, 1, type);
	put(&request->out, 2, request->tag);
}

static void work(struct server *server, struct request *request)
{
	begin_answer(request, types[request->type].number + 1);
	if (request->error == 0)
		request->error = types[request->type].serve(server, request);
	put_at(&request->out, 0, 4, request->out.at);
}

static void answer(struct server *server, struct request *request)
{
	if (request->error != 0) {
		begin_answer(request, RLERROR);
		put(&request->out, 4, (uint64_t)request->error);
		put_at(&request->out, 0, 4, request->out.at);
	}
	connection_send(server, request);
}

/* From wherever it stands to its end, or to an order that holds it. An order may close the connection, which forgets the request. */
static void go_on(struct server *server, struct request *request)
{
	if (request->when == BEFORE && !request->is_dropped) {
		work(server, request);
		request->when = AFTER;
		orders_apply(server, request);
		if (!request->is_used || request->held_by)
			return;
	}
	if (!request->is_dropped)
		answer(server, request);
	if (request->is_used)
		forget(request);
}

static int find_type(uint8_t number)
{
	for (int i = 0; i < TYPE_COUNT; i++)
		if (types[i].number == number)
			return i;
	return -1;
}

static struct request *find_free(struct server *server)
{
	for (size_t i = 0; i < MAX_REQUESTS; i++)
		if (!server->requests[i].is_used)
			return &server->requests[i];
	complain("more than %d requests in hand", MAX_REQUESTS);
	abort();
}

void requests_take(struct server *server, struct connection *connection, const uint8_t *bytes, size_t size)
{
	struct request *request = find_free(server);
	int type;

	*request = (struct request){ .is_used = true, .connection = connection, .when = BEFORE, .limit = UINT32_MAX };
	request->in = (struct message){ .bytes = malloc(size), .size = size, .at = 4 };
	request->out = (struct message){ .bytes = malloc(server->msize), .size = server->msize };
	if (!request->in.bytes || !request->out.bytes)
		abort();
	memcpy(request->in.bytes, bytes, size);
	type = find_type((uint8_t)get(&request->in, 1));
	request->tag = (uint16_t)get(&request->in, 2);
	if (type < 0) {
		/* An extended attribute, an authentication: what the server does not have. */
		request->error = serve_nothing(server, request);
		answer(server, request);
		if (request->is_used)
			forget(request);
		return;
	}
	request->type = (enum type)type;
	find_name(request);
	counts_of(server, request->name)->types[type]++;
	orders_apply(server, request);
	if (request->is_used && !request->held_by)
		go_on(server, request);
}

/* Lets go of what that order holds; how many requests that were. */
size_t requests_release(void *context, unsigned int order)
{
	struct server *server = context;
	size_t count = 0;

	for (size_t i = 0; i < MAX_REQUESTS; i++) {
		struct request *request = &server->requests[i];

		if (!request->is_used || request->held_by != order)
			continue;
		request->held_by = 0;
		count++;
		go_on(server, request);
	}
	return count;
}

size_t requests_held(const struct server *server)
{
	size_t count = 0;

	for (size_t i = 0; i < MAX_REQUESTS; i++)
		count += server->requests[i].is_used && server->requests[i].held_by;
	return count;
}

void requests_forget(struct server *server, const struct connection *connection)
{
	for (size_t i = 0; i < MAX_REQUESTS; i++)
		if (server->requests[i].is_used && server->requests[i].connection == connection)
			forget(&server->requests[i]);
}

/* The client does not want that answer any more. */
void requests_flush(struct server *server, const struct connection *connection, uint16_t tag)
{
	for (size_t i = 0; i < MAX_REQUESTS; i++) {
		struct request *request = &server->requests[i];

		if (request->is_used && request->held_by && request->connection == connection && request->tag == tag) {
			forget(request);
			server->flushed++;
		}
	}
}
