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
#define CONTROL_WORDS 4
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

/*
 * What the daemon has of its own, with `daemon` passed to each: `get` reads one count (0, or -1 when there is none of that name), `order`
 * adds an order (its number, or 0 and a text in `problem`), `release` lets go of what an order holds (how many requests that were), and
 * `obey` answers the commands that commands.c does not know.
 */
struct control {
	void *daemon;
	int (*get)(const void *daemon, const char *name, const char *key, uint64_t *value);
	unsigned int (*order)(void *daemon, const char *text, const char **problem);
	size_t (*release)(void *daemon, unsigned int order);
	void (*obey)(void *daemon, struct client *client, char *words[CONTROL_WORDS], size_t count);
	const char *path;
	int listener;
	struct client clients[CONTROL_CLIENTS];
	size_t client_count;
};

/* control.c */
int control_listen(struct control *control);
size_t control_poll(const struct control *control, struct pollfd fds[CONTROL_FDS]);
void control_serve(struct control *control, const struct pollfd *fds, size_t count);
void control_close(struct control *control);
void control_answer(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* commands.c */
void control_obey(struct control *control, struct client *client, char *line);
int control_order(struct control *control, const char *text);

/* daemon.c: each returns -1 after it has complained. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
int open_signals(void);
int tell_ready(int fd);

/* unix-socket.c */
int unix_socket(const char *path, int type, bool is_listening);

/* ctl.c */
int ctl_main(int argc, char **argv);

#endif
