/* SPDX-License-Identifier: GPL-2.0-only */
/* The control socket of a daemon under test: a line in, a line out ("ok …" or "error …"), and answers that wait for a count. */
#ifndef CONTROL_H
#define CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_CLIENTS 16
#define CONTROL_LINE 512
/* The listener, then the clients. */
#define CONTROL_FDS (1 + CONTROL_CLIENTS)

/* Someone on the socket; `wait_name` is set while the answer waits for a count to reach `wait_value`. */
struct client {
	int fd;
	char line[CONTROL_LINE];
	size_t used;
	char wait_name[32];
	char wait_key[256];
	uint64_t wait_value;
};

/* `obey` answers a command, `get` reads one count (0, or -1 when there is none of that name); `daemon` is passed to both. */
struct control {
	void *daemon;
	void (*obey)(void *daemon, struct client *client, char *line);
	int (*get)(const void *daemon, const char *name, const char *key, uint64_t *value);
	const char *path;
	int listener;
	struct client clients[CONTROL_CLIENTS];
	size_t client_count;
};

/* Of the daemon. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* control.c */
int control_listen(struct control *control);
size_t control_poll(const struct control *control, struct pollfd fds[CONTROL_FDS]);
void control_serve(struct control *control, const struct pollfd *fds, size_t count);
void control_close(struct control *control);
void control_answer(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));
void answer_count(const struct control *control, struct client *client, const char *name, const char *key);
void begin_wait(const struct control *control, struct client *client, const char *name, const char *value, const char *key);

/* unix-socket.c */
int unix_socket(const char *path, int type, bool is_listening);

/* ctl.c */
int ctl_main(int argc, char **argv);

#endif
