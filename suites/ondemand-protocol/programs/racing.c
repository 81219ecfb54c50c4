// SPDX-License-Identifier: GPL-2.0-only
/* Two races of the protocol, played by the schedules in suites/race-ondemand/suite.yaml. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

/* Moves a process to the CPU that the schedule gives to an actor. */
static void act(const char *actor, pid_t pid)
{
	const char *cpu = getenv(actor);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu ? (size_t)atoi(cpu) : 0, &set);
	sched_setaffinity(pid, sizeof(set), &set);
}

static bool tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return is_done;
}

/* The runner makes /run/race/N when the schedule's N-th step has begun. */
static bool has_begun(const void *step)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/run/race/%d", *(const int *)step);
	return access(path, F_OK) == 0;
}

static bool step_begins(int step)
{
	return check(wait_until(PATIENCE, has_begun, &step), "step %d of the race begins", step);
}

/* What waits for the schedule goes on when the schedule has taken note. */
static void mark(const char *line)
{
	tell("/sys/kernel/tracing/trace_marker", line);
}

/* A field of /proc/PID/stat, from the third on, as a number; -1 where there is none. */
static long stat_field(pid_t pid, int number)
{
	char path[64];
	char line[1024] = "";
	char *field;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return -1;
	if (!fgets(line, sizeof(line), stat))
		line[0] = '\0';
	fclose(stat);
	/* The third follows the name's parenthesis. */
	field = strrchr(line, ')');
	for (int i = 2; field && i < number; i++)
		field = strchr(field + 1, ' ');
	return field ? atol(field) : -1;
}

/* CPU time that a process has used, in user space and in the kernel, in hundredths of a second. */
static long cpu_cs(pid_t pid)
{
	return stat_field(pid, 14) + stat_field(pid, 15);
}

/* More than a reader that goes on needs to forget its request. */
#define SPINNING_CS 10

struct killed {
	struct task reader;
	long before_cs;
};

/* It has ended, or it spins for the lock of the requests. */
static bool has_come(const void *argument)
{
	const struct killed *killed = argument;

	return !task_runs(&killed->reader) || cpu_cs(killed->reader.pid) >= killed->before_cs + SPINNING_CS;
}

/* poll has found a request that is new, and looks at it, while the reader it is of is killed and the request freed. */
static void poll_while_killed(struct cache *cache)
{
	struct task reader;
	struct killed killed;
	pid_t poller;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	act("CRUCIBLE_ACTOR_READER", reader.pid);
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a READ is new");
	poller = fork();
	if (poller == 0) {
		prctl(PR_SET_NAME, "poller");
		act("CRUCIBLE_ACTOR_POLLER", 0);
		device_poll(cache->device, 0);
		_exit(0);
	}
	if (step_begins(1)) {
		killed = (struct killed){ reader, cpu_cs(reader.pid) };
		task_signal(&reader, SIGKILL);
		if (wait_until(PATIENCE, has_come, &killed))
			mark("the reader came\n");
	}
	check_result(task_end(&reader, PATIENCE), KILLED + SIGKILL, "the reader is killed");
	waitpid(poller, NULL, 0);
	check_result(device_poll(cache->device, 0), 0, "nothing is asked for any more");
}

/* A process that keeps its CPU to itself. */
static pid_t hog_start(void)
{
	struct sched_param priority = { .sched_priority = 50 };
	pid_t pid = fork();

	if (pid == 0) {
		sched_setscheduler(0, SCHED_FIFO, &priority);
		act("CRUCIBLE_ACTOR_HOG", 0);
		for (;;)
			;
	}
	return pid;
}

/* It is queued on its CPU, which the held worker has. */
static bool has_moved(const void *pid)
{
	const char *cpu = getenv("CRUCIBLE_ACTOR_HOG");

	/* Field 39 is the CPU. */
	return cpu && stat_field(*(const pid_t *)pid, 39) == atoi(cpu);
}

/*
 * The worker that is to open a file again has begun, and is kept from going on until the file is dropped: first held, and then, because no
 * grace period of RCU passes and so nothing is unmounted while a CPU is held, behind a process of higher priority.
 */
static void reopen_while_dropped(struct cache *cache)
{
	struct message message;
	struct task reader;
	pid_t hog;

	if (!cache_mount(cache, "a"))
		return;
	check(tell("/proc/sys/kernel/sched_rt_runtime_us", "-1"), "a process may have a CPU to itself");
	check(tell("/sys/devices/virtual/workqueue/cpumask", "4"), "workers run on CPU 2");
	while (cache->object_count > 0)
		object_close(cache, &cache->objects[0]);
	reader = reader_start("a", 1);
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a page of a closed file is asked for");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "which has it opened");
	if (!step_begins(1))
		return;
	task_signal(&reader, SIGKILL);
	check_result(task_end(&reader, PATIENCE), KILLED + SIGKILL, "the reader is killed");
	hog = hog_start();
	check(wait_until(PATIENCE, has_moved, &hog), "the worker's CPU is wanted by another");
	check(tell("/sys/devices/virtual/workqueue/cpumask", "b"), "other workers run elsewhere");
	mark("hogged\n");
	cache_unmount(cache, "a");
	if (step_begins(2))
		mark("dropped\n");
	kill(hog, SIGKILL);
	waitpid(hog, NULL, 0);
	check(wait_until(PATIENCE, cookies_are_gone, NULL), "every cookie is given back, and no OPEN is waited for");
	check_result(device_poll(cache->device, 0), 0, "none was made");
	tell("/sys/devices/virtual/workqueue/cpumask", "f");
	tell("/proc/sys/kernel/sched_rt_runtime_us", "950000");
}

static const struct test poll_tests[] = { { "a request may be freed while poll looks at it", poll_while_killed, false } };
static const struct test reopen_tests[] = { { "no OPEN is made of a file that is dropped", reopen_while_dropped, false } };

const struct group poll_race_group = GROUP("poll-race", poll_tests);
const struct group reopen_race_group = GROUP("reopen-race", reopen_tests);
