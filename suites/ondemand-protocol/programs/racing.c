// SPDX-License-Identifier: GPL-2.0-only
/* Two races of the protocol, played by the schedules in suites/race-ondemand/suite.yaml. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

/* Of /proc/PID/stat: the CPU it ran on last. */
#define STAT_CPU 39

/* The CPU that the schedule gives to an actor, or -1. */
static int cpu_of(const char *actor)
{
	const char *cpu = getenv(actor);

	return cpu ? atoi(cpu) : -1;
}

/* Moves a process to the CPU that the schedule gives to an actor. */
static void act(const char *actor, pid_t pid)
{
	int cpu = cpu_of(actor);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : (size_t)cpu, &set);
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

/* /proc/PID/stat from the name on: "(name) state ppid ..."; empty where there is no such process. */
static const char *stat_of(pid_t pid)
{
	static char line[1024];
	char path[64];
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat || !fgets(line, sizeof(line), stat))
		line[0] = '\0';
	if (stat)
		fclose(stat);
	return strchr(line, '(') ?: "";
}

/* Where a field of /proc/PID/stat begins, from the third on, behind the space before it; NULL where there is none. */
static const char *stat_field(const char *stat, int number)
{
	/* The third follows the name's parenthesis. */
	const char *field = strrchr(stat, ')');

	for (int i = 2; field && i < number; i++)
		field = strchr(field + 1, ' ');
	return field ? field + 1 : NULL;
}

static long stat_number(pid_t pid, int number)
{
	const char *field = stat_field(stat_of(pid), number);

	return field ? atol(field) : -1;
}

/* CPU time that a process has used, in user space and in the kernel, in hundredths of a second. */
static long cpu_cs(pid_t pid)
{
	return stat_number(pid, 14) + stat_number(pid, 15);
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

/* The worker that has the hog's CPU, held or not; -1 where there is none. */
static pid_t find_worker(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t worker = -1;

	while (proc && worker < 0 && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);
		const char *stat = pid > 0 ? stat_of(pid) : "";
		const char *state = stat_field(stat, 3);
		const char *cpu = stat_field(stat, STAT_CPU);

		if (strncmp(stat, "(kworker/u", 10) == 0 && state && *state == 'R' && cpu && atoi(cpu) == cpu_of("CRUCIBLE_ACTOR_HOG"))
			worker = pid;
	}
	if (proc)
		closedir(proc);
	return worker;
}

static bool set_policy(pid_t pid, int policy)
{
	struct sched_param none = { 0 };

	return pid > 0 && sched_setscheduler(pid, policy, &none) == 0;
}

/*
 * A process that keeps its CPU from a worker of SCHED_IDLE for minutes, by their weights. One of SCHED_FIFO does not: from 6.12 on the
 * scheduler's fair server lets others run for 50 ms in each second.
 */
static pid_t hog_start(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpriority(PRIO_PROCESS, 0, -20);
		act("CRUCIBLE_ACTOR_HOG", 0);
		for (;;)
			;
	}
	return pid;
}

/* It is queued on its CPU, which the held worker has. */
static bool has_moved(const void *pid)
{
	return stat_number(*(const pid_t *)pid, STAT_CPU) == cpu_of("CRUCIBLE_ACTOR_HOG");
}

/*
 * The worker that is to open a file again has begun, and is kept from going on until the file is dropped: first held, and then, because no
 * grace period of RCU passes and so nothing is unmounted while a CPU is held, behind a process that has the CPU before it.
 */
static void reopen_while_dropped(struct cache *cache)
{
	struct message message;
	struct task reader;
	pid_t worker;
	pid_t hog;

	if (!cache_mount(cache, "a"))
		return;
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
	worker = find_worker();
	check(set_policy(worker, SCHED_IDLE), "the worker gives way to others");
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
	set_policy(worker, SCHED_OTHER);
	tell("/sys/devices/virtual/workqueue/cpumask", "f");
}

static const struct test poll_tests[] = { { "a request may be freed while poll looks at it", poll_while_killed, false } };
static const struct test reopen_tests[] = { { "no OPEN is made of a file that is dropped", reopen_while_dropped, false } };

const struct group poll_race_group = GROUP("poll-race", poll_tests);
const struct group reopen_race_group = GROUP("reopen-race", reopen_tests);
