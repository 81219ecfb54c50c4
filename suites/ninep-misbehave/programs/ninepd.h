/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the 9p server share: messages, fids, requests in hand, orders, counts, the server itself. */
#ifndef NINEPD_H
#define NINEPD_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control/control.h"

#define MAX_CONNECTIONS 8
#define MAX_FIDS 4096
#define MAX_REQUESTS 64
#define MAX_ORDERS 64
#define MAX_NAMES 256
#define NAME_SIZE 256
#define LINE_SIZE CONTROL_LINE
#define HEADER_SIZE 7
/* size, type, tag and count of a READ's answer, and what a WRITE has before its data: the larger of them, as the kernel has it. */
#define IO_HEADER_SIZE 24
#define MSIZE 131072

enum type {
#define TYPE(symbol, number, name, handler, key) symbol,
#define ACTION(symbol, name, has_value, whens)
#include "vocabulary.h"
	TYPE_COUNT
};

enum action {
#define TYPE(symbol, number, name, handler, key)
#define ACTION(symbol, name, has_value, whens) DO_##symbol,
#include "vocabulary.h"
	ACTION_COUNT
};

/* When an order takes effect: before the work of a request, or between the work and its answer. */
enum when { BEFORE = 1, AFTER = 2 };

/* A message that is read or written field by field; `is_bad` once a field did not fit. */
struct message {
	uint8_t *bytes;
	size_t size;
	size_t at;
	bool is_bad;
};

/* `path` is an O_PATH descriptor of what the fid stands for, so renames do not matter to it; `fd` is there once it is opened. */
struct fid {
	uint32_t number;
	bool is_used;
	int path;
	int fd;
	DIR *dir;
	char name[NAME_SIZE];
};

/* One mount. */
struct connection {
	int fd;
	uint32_t msize;
	uint8_t *buffer;
	size_t used;
	struct fid *fids;
};

/* A request that is not answered yet. `held_by` is the order that keeps it, before its work or after it. */
struct request {
	bool is_used;
	struct connection *connection;
	enum type type;
	uint16_t tag;
	struct message in;
	struct message out;
	char name[NAME_SIZE];
	enum when when;
	unsigned int held_by;
	bool is_dropped;
	int error;
	uint32_t limit;
};

/* What is to be done with the `nth` request of that type, and the `times` - 1 after it. */
struct order {
	unsigned int id;
	enum when when;
	bool is_for_any;
	enum type type;
	enum action action;
	uint64_t value;
	char name[NAME_SIZE];
	uint64_t nth;
	uint64_t times;
	uint64_t seen;
	uint64_t fired;
};

/* Requests that came for a file of that name, and the bytes that went each way. */
struct counts {
	char name[NAME_SIZE];
	uint64_t types[TYPE_COUNT];
	uint64_t read_bytes;
	uint64_t write_bytes;
};

struct server {
	int root;
	const char *socket_path;
	int signals;
	int listener;
	struct control control;
	bool quitting;
	uint32_t msize;
	struct connection connections[MAX_CONNECTIONS];
	struct request requests[MAX_REQUESTS];
	struct order orders[MAX_ORDERS];
	size_t order_count;
	struct counts counts[MAX_NAMES];
	size_t name_count;
	/* Mounts so far; fids that were left when their mount went away; requests that were flushed while they were held. */
	uint64_t connects;
	uint64_t unclunked;
	uint64_t flushed;
};

/* wire.c: a field that is not there reads as 0, one for which there is no room is left out; both make the message bad. */
uint64_t get(struct message *message, size_t bytes);
bool get_text(struct message *message, char *text, size_t size);
void put(struct message *message, size_t bytes, uint64_t value);
void put_text(struct message *message, const char *text);
void put_at(struct message *message, size_t at, size_t bytes, uint64_t value);

/* connections.c */
int connections_listen(struct server *server);
void connections_accept(struct server *server);
void connection_read(struct server *server, struct connection *connection);
void connection_send(struct server *server, struct request *request);
void connection_close(struct server *server, struct connection *connection);

/* fids.c */
struct fid *fid_find(struct connection *connection, uint32_t number);
struct fid *fid_add(struct connection *connection, uint32_t number, int path, const char *name);
void fid_forget(struct fid *fid);
size_t fids_in_use(const struct connection *connection);

/* requests.c */
void requests_take(struct server *server, struct connection *connection, const uint8_t *bytes, size_t size);
size_t requests_release(void *server, unsigned int order);
size_t requests_held(const struct server *server);
void requests_forget(struct server *server, const struct connection *connection);
void requests_flush(struct server *server, const struct connection *connection, uint16_t tag);

/* orders.c */
unsigned int orders_add(void *server, const char *text, const char **problem);
void orders_apply(struct server *server, struct request *request);
uint64_t orders_fired(const struct server *server, unsigned int id);
int type_find(const char *name);

/* twists.c */
void twist(struct request *request, enum action action, uint64_t value);

/* counts.c */
struct counts *counts_of(struct server *server, const char *name);
int counts_get(const void *server, const char *name, const char *key, uint64_t *value);

/* serve-*.c: each fills request->out after its header, and returns 0 or an errno. */
#define TYPE(symbol, number, name, handler, key) int handler(struct server *server, struct request *request);
#define ACTION(symbol, name, has_value, whens)
#include "vocabulary.h"
void put_qid(struct message *message, int path);

/* commands.c */
void obey(void *server, struct client *client, char *words[CONTROL_WORDS], size_t count);

#endif
