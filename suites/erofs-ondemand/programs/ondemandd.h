/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the on-demand daemon share: images it serves, what it counts of them, and the daemon itself. */
#ifndef ONDEMANDD_H
#define ONDEMANDD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_IMAGES 64
#define MAX_OBJECTS 256
#define MAX_CLIENTS 16
#define KEY_SIZE 256
#define LINE_SIZE 512

/* Requests the kernel sent, and the bytes it asked for in READ requests; `refused` are the OPENs answered with an error. */
struct counts {
	uint64_t opens;
	uint64_t reads;
	uint64_t closes;
	uint64_t refused;
	uint64_t read_bytes;
	uint64_t failures;
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

/* Someone on the control socket; `wait_name` is set while the answer waits for a count to reach `wait_value`. */
struct client {
	int fd;
	char line[LINE_SIZE];
	size_t used;
	char wait_name[32];
	char wait_key[KEY_SIZE];
	uint64_t wait_value;
};

struct daemon {
	const char *images_dir;
	const char *socket_path;
	int device;
	int signals;
	int listener;
	bool quitting;
	struct image images[MAX_IMAGES];
	size_t image_count;
	struct object objects[MAX_OBJECTS];
	size_t object_count;
	struct client clients[MAX_CLIENTS];
	size_t client_count;
};

void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* device.c: each returns 0, or -1 after it has complained. */
int device_bind(struct daemon *daemon, const char *cache_dir, const char *tag);
int device_serve(struct daemon *daemon);
void device_close(struct daemon *daemon);

/* images.c */
struct image *image_find(struct daemon *daemon, const char *key);
struct image *image_open(struct daemon *daemon, const char *key);
int image_copy(const struct image *image, int to, off_t offset, size_t length);

/* counts.c */
int counts_get(const struct daemon *daemon, const char *name, const char *key, uint64_t *value);
void counts_format(const struct daemon *daemon, char *text, size_t size);

/* control.c */
int control_listen(struct daemon *daemon);
void control_accept(struct daemon *daemon);
void control_read(struct daemon *daemon, struct client *client);
void control_wake(struct daemon *daemon);
void control_sweep(struct daemon *daemon);
void control_close(struct daemon *daemon);

/* ctl.c */
int ctl_main(int argc, char **argv);

#endif
