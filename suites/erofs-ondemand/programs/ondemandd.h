/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the on-demand daemon share: images it serves, what it counts of them, requests in hand, orders, the daemon itself. */
#ifndef ONDEMANDD_H
#define ONDEMANDD_H

#include <linux/cachefiles.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "control/control.h"

#define MAX_IMAGES 64
#define MAX_OBJECTS 256
#define KEY_SIZE 256
#define LINE_SIZE CONTROL_LINE
#define MAX_ORDERS 64
#define MAX_REQUESTS 64

/* Where a request can stand when an order takes effect; the names are in vocabulary.h. */
enum state {
#define STATE(symbol, name) symbol,
#define ACTION(symbol, name, states)
#include "vocabulary.h"
	STATE_COUNT
};

enum action {
#define STATE(symbol, name)
#define ACTION(symbol, name, states) symbol,
#include "vocabulary.h"
	ACTION_COUNT
};

/*
 * Requests the kernel sent, and the bytes it asked for in READ requests; `refused` are the OPENs answered with an error, `failures` the
 * answers that went wrong, `lies` those that an order made wrong and `rejected` what the kernel would not have of them.
 */
struct counts {
	uint64_t opens;
	uint64_t reads;
	uint64_t closes;
	uint64_t refused;
	uint64_t read_bytes;
	uint64_t failures;
	uint64_t lies;
	uint64_t rejected;
	uint64_t states[STATE_COUNT];
};

/* A file of the image directory, known by the cookie key the kernel asks for. It outlives its objects, so that its counts do. */
struct image {
	char key[KEY_SIZE];
	int fd;
	off_t size;
	struct counts counts;
};

/* A cache file the kernel has opened through us: its anonymous fd is how we fill it. */
struct object {
	uint32_t id;
	int fd;
	struct image *image;
};

/* What is to be done when a request stands at `state` for the `nth` time, and the `times` - 1 times after it. */
struct order {
	unsigned int id;
	enum state state;
	enum action action;
	char key[KEY_SIZE];
	uint64_t nth;
	uint64_t times;
	uint64_t seen;
	uint64_t fired;
};

struct daemon;
struct request;

/* One stop of a request and the work that follows it: 0 to go on, -1 when the request is over. */
struct step {
	enum state state;
	int (*work)(struct daemon *daemon, struct request *request);
};

/* A request that was begun and is not over. `held_by` is the order that keeps it at its step, or 0; `lies` has a bit for each action. */
struct request {
	_Alignas(struct cachefiles_msg) char buffer[CACHEFILES_MSG_MAX_SIZE];
	const struct step *step;
	struct image *image;
	unsigned int held_by;
	unsigned int lies;
	bool is_used;
	/* Nothing is taken from the device while it is held. */
	bool stops_device;
};

struct daemon {
	const char *images_dir;
	int device;
	int keeper;
	bool keeps_objects;
	int journal;
	int signals;
	bool quitting;
	struct image images[MAX_IMAGES];
	size_t image_count;
	struct object objects[MAX_OBJECTS];
	size_t object_count;
	struct control control;
	struct order orders[MAX_ORDERS];
	size_t order_count;
	struct request requests[MAX_REQUESTS];
	/* Counts of requests that belong to no image: not yet taken, or of an object that is not open. */
	struct counts nobodys;
	/* Times the device had nothing although poll said so. */
	uint64_t spurious;
};

/* device.c: each returns 0, or -1 after it has complained. */
int device_tell(int device, const char *command);
int device_bind(struct daemon *daemon, const char *cache_dir, const char *tag);
int device_restore(const struct daemon *daemon);
bool device_has_request(const struct daemon *daemon);
void device_close(struct daemon *daemon);

/* objects.c */
struct object *object_find(struct daemon *daemon, uint32_t id);
struct object *object_add(struct daemon *daemon, uint32_t id, int fd, struct image *image);
void object_forget(struct daemon *daemon, struct object *object);
void objects_forget_key(struct daemon *daemon, const char *key);

/* requests.c */
int requests_serve(struct daemon *daemon);
bool requests_stop_device(const struct daemon *daemon);
size_t requests_release(void *daemon, unsigned int order);

/* orders.c */
unsigned int orders_add(void *daemon, const char *text, const char **problem);
const struct order *orders_fire(struct daemon *daemon, enum state state, const struct request *request);
const char *state_name(enum state state);

/* keeper.c: the daemon's side; keeper_main is the process that keeps. */
int keeper_dial(struct daemon *daemon, const char *path);
int keeper_take_over(struct daemon *daemon);
void keeper_keep(const struct daemon *daemon, const char *what, int fd);
int keeper_main(int argc, char **argv);

/* images.c */
struct image *image_find(struct daemon *daemon, const char *key);
struct image *image_open(struct daemon *daemon, const char *key);
int image_copy(const struct image *image, int to, off_t offset, size_t length, unsigned int lies);

/* counts.c */
int counts_get(const void *daemon, const char *name, const char *key, uint64_t *value);
void counts_format(const struct daemon *daemon, char *text, size_t size);

/* commands.c */
void obey(void *daemon, struct client *client, char *words[CONTROL_WORDS], size_t count);

#endif
