/* SPDX-License-Identifier: GPL-2.0-only */
/* What a case in C needs: KTAP, a deadline for all of it, and waits for states of the server and of threads. */
#ifndef CASE_H
#define CASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server.h"

/* Where the server of this case is mounted. */
extern const char *case_mountpoint;

void plan(int count);
bool check(bool condition, const char *name);
void evidence(const char *name, uint64_t value);
void give_up(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* 1 unless every check held. */
int verdict(void);

/* From now on the whole case may take so long; then it says `what` and ends, which ends the connection and whoever waits for it. */
void deadline(unsigned int seconds, const char *what);

/* Waits until `holds` is true; the server's lock is held while it is asked. */
void server_wait(struct server *server, bool (*holds)(const struct server *server, const void *data), const void *data);

uint64_t server_count(struct server *server, uint32_t opcode);

/* A thread that makes one call which may take long, and what is known of it from outside. */
struct task {
	void *(*body)(void *data);
	void *data;
	pthread_t thread;
	pid_t tid;
	bool done;
};

void task_start(struct task *task, void *(*body)(void *data), void *data);

/* It has ended, or sleeps in the kernel. */
bool task_rests(const struct task *task);

bool task_is_done(const struct task *task);
void task_join(struct task *task);

/* Between two looks at a state that sends no event. */
void brief_pause(void);

/* The cases; each gives its exit status. */
int launder(const char *mountpoint, const char *how);
int kill_suidgid(const char *mountpoint, const char *how);
int bad_inode(const char *mountpoint, const char *what);
int generation(const char *mountpoint, const char *how);
int notify_store(const char *mountpoint, const char *unused);
int abandoned(const char *mountpoint, const char *unused);

#endif
