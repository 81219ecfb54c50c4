// SPDX-License-Identifier: GPL-2.0-only
/* KTAP on stdout, and waits: for the server by its condition variable, for a thread by what /proc says of it. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "case.h"

const char *case_mountpoint;

static int number, failed;
static const char *waited_for;

void plan(int count)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%d\n", count);
}

bool check(bool condition, const char *name)
{
	failed |= !condition;
	printf("%s %d %s\n", condition ? "ok" : "not ok", ++number, name);
	return condition;
}

void evidence(const char *name, uint64_t value)
{
	printf("# evidence: %s %llu\n", name, (unsigned long long)value);
}

int verdict(void)
{
	return failed;
}

void give_up(const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	check(false, text);
	fflush(stdout);
	/* A process that ends closes its files, which asks its own server: the connection has to go first. */
	umount2(case_mountpoint, MNT_FORCE);
	/* Not exit: another thread may hold what its handlers wait for. */
	_exit(1);
}

static void too_late(int signal)
{
	(void)signal;
	give_up("it took too long: %s", waited_for);
}

void deadline(unsigned int seconds, const char *what)
{
	const char *scale = getenv("CRUCIBLE_SCALE");

	waited_for = what;
	signal(SIGALRM, too_late);
	alarm(seconds * (scale ? strtoul(scale, NULL, 10) : 1));
}

void server_wait(struct server *server, bool (*holds)(const struct server *server, const void *data), const void *data)
{
	pthread_mutex_lock(&server->lock);
	while (!holds(server, data))
		pthread_cond_wait(&server->changed, &server->lock);
	pthread_mutex_unlock(&server->lock);
}

uint64_t server_count(struct server *server, uint32_t opcode)
{
	uint64_t count;

	pthread_mutex_lock(&server->lock);
	count = server->counts[opcode];
	pthread_mutex_unlock(&server->lock);
	return count;
}

static void *run_task(void *argument)
{
	struct task *task = argument;
	void *result;

	__atomic_store_n(&task->tid, gettid(), __ATOMIC_RELEASE);
	result = task->body(task->data);
	__atomic_store_n(&task->done, true, __ATOMIC_RELEASE);
	return result;
}

void task_start(struct task *task, void *(*body)(void *data), void *data)
{
	*task = (struct task){ .body = body, .data = data };
	if (pthread_create(&task->thread, NULL, run_task, task) != 0)
		give_up("no thread");
}

bool task_is_done(const struct task *task)
{
	return __atomic_load_n(&task->done, __ATOMIC_ACQUIRE);
}

bool task_rests(const struct task *task)
{
	pid_t tid = __atomic_load_n(&task->tid, __ATOMIC_ACQUIRE);
	char path[64], line[512] = "";
	const char *state;
	FILE *file;

	if (task_is_done(task))
		return true;
	if (tid == 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	/* 123 (fusecase) S 1 ... */
	state = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	return state && (state[2] == 'S' || state[2] == 'D');
}

void task_join(struct task *task)
{
	pthread_join(task->thread, NULL);
}

void brief_pause(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5 * 1000 * 1000 }, NULL);
}
