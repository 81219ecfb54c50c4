// SPDX-License-Identifier: GPL-2.0-only
/*
 * A daemon, mounts and readers that do anything, in the order that a seed gives. Data is only ever written where it belongs, so whoever
 * reads gets the right bytes, or an error, or is killed; and in the end all is given back. A child polls the device all the while.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

#define MAX_READERS 12
#define MAX_HELD 16
#define PAGES 64

static long fuzz_steps;
static const char *const names[] = { "a", "b" };

/* What the steps are about. */
static struct {
	uint64_t state;
	struct cache cache;
	struct task mounters[2];
	bool is_mounted[2];
	struct task readers[MAX_READERS];
	struct message held[MAX_HELD];
	size_t held_count;
	int duplicates[MAX_HELD];
	size_t duplicate_count;
	pid_t poller;
	long right;
	long errors;
	long wrong;
	long binds;
} fuzz;

/* splitmix64, as in suites/lib/seeded.c. */
static uint64_t draw(uint64_t below)
{
	uint64_t z = fuzz.state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

static void poller_start(void)
{
	fuzz.poller = fork();
	if (fuzz.poller != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		device_poll(fuzz.cache.device, 0);
		sched_yield();
	}
}

static void begin(void)
{
	if (cache_open(&fuzz.cache) == 0 && device_tell(fuzz.cache.device, "bind ondemand") == 0)
		fuzz.binds++;
	poller_start();
}

static void count(int status)
{
	if (status == 0)
		fuzz.right++;
	else if (status == WRONG_CONTENT)
		fuzz.wrong++;
	else
		fuzz.errors++;
}

/* Takes note of tasks that have ended. */
static void reap(void)
{
	for (size_t i = 0; i < MAX_READERS; i++)
		if (fuzz.readers[i].pid > 0 && !task_runs(&fuzz.readers[i]))
			count(task_end(&fuzz.readers[i], 0));
	for (size_t i = 0; i < 2; i++)
		if (fuzz.mounters[i].pid > 0 && !task_runs(&fuzz.mounters[i]))
			fuzz.is_mounted[i] = task_end(&fuzz.mounters[i], 0) == 0;
}

static void end(void)
{
	kill(fuzz.poller, SIGKILL);
	waitpid(fuzz.poller, NULL, 0);
	while (fuzz.duplicate_count > 0)
		close(fuzz.duplicates[--fuzz.duplicate_count]);
	cache_end(&fuzz.cache);
	memset(fuzz.mounters, 0, sizeof(fuzz.mounters));
	memset(fuzz.readers, 0, sizeof(fuzz.readers));
	memset(fuzz.is_mounted, 0, sizeof(fuzz.is_mounted));
	fuzz.held_count = 0;
}

static void step_mount(void)
{
	size_t i = draw(2);

	if (fuzz.mounters[i].pid <= 0 && !fuzz.is_mounted[i])
		fuzz.mounters[i] = cache_mount_start(&fuzz.cache, names[i], names[i]);
}

static void step_unmount(void)
{
	size_t i = draw(2);
	char path[PATH_SIZE];

	mount_path(path, names[i]);
	if (fuzz.is_mounted[i] && umount2(path, 0) == 0)
		fuzz.is_mounted[i] = false;
}

static void step_read(void)
{
	size_t image = draw(2);
	size_t i = draw(MAX_READERS);
	off_t page = (off_t)draw(PAGES);

	if (fuzz.is_mounted[image] && fuzz.readers[i].pid <= 0)
		fuzz.readers[i] = reader_start(names[image], page);
}

static void step_kill(void)
{
	task_signal(&fuzz.readers[draw(MAX_READERS)], draw(4) ? SIGKILL : SIGCONT);
}

static void step_kill_mount(void)
{
	task_signal(&fuzz.mounters[draw(2)], SIGKILL);
}

static void step_take(void)
{
	struct message *message = &fuzz.held[fuzz.held_count];
	size_t size = draw(8) ? sizeof(*message) : draw(sizeof(*message));

	if (fuzz.held_count == MAX_HELD || device_read(fuzz.cache.device, message, size) <= 0)
		return;
	if (message->head.opcode == CACHEFILES_OP_OPEN && !object_take(&fuzz.cache, message))
		return;
	fuzz.held_count++;
}

static void step_bad_buffer(void)
{
	if (draw(4) == 0)
		device_read(fuzz.cache.device, (void *)8, sizeof(struct message));
}

static void copen_of(const struct message *message)
{
	const struct object *object = object_of(&fuzz.cache, message->head.object_id);

	/* Both images have the same sizes, and any size will do for erofs. */
	copen(&fuzz.cache, message->head.msg_id, object ? "1048576" : "-5");
}

static void step_answer(void)
{
	size_t i = fuzz.held_count ? draw(fuzz.held_count) : 0;
	struct message message;

	if (fuzz.held_count == 0)
		return;
	message = fuzz.held[i];
	fuzz.held[i] = fuzz.held[--fuzz.held_count];
	if (message.head.opcode == CACHEFILES_OP_OPEN)
		copen_of(&message);
	else
		answer(&fuzz.cache, &message);
}

/* Twice as many requests are answered at once as are held, so that something comes of it all. */
static void step_serve(void)
{
	struct message message;

	if (device_read(fuzz.cache.device, &message, sizeof(message)) <= 0)
		return;
	if (message.head.opcode == CACHEFILES_OP_OPEN && object_take(&fuzz.cache, &message))
		copen_of(&message);
	else if (message.head.opcode != CACHEFILES_OP_OPEN)
		answer(&fuzz.cache, &message);
}

static uint32_t some_id(void)
{
	return fuzz.held_count && draw(3) ? fuzz.held[draw(fuzz.held_count)].head.msg_id : (uint32_t)draw(64);
}

static void step_copen(void)
{
	static const char *const answers[] = { "4096", "0", "-5", "-4096", "x", "", "9223372036854775807", "9223372036854775808" };

	copen(&fuzz.cache, some_id(), answers[draw(sizeof(answers) / sizeof(answers[0]))]);
}

static const struct object *some_object(void)
{
	return fuzz.cache.object_count ? &fuzz.cache.objects[draw(fuzz.cache.object_count)] : NULL;
}

static void step_cread(void)
{
	const struct object *object = some_object();

	if (object)
		cread(object->fd, draw(16) ? some_id() : draw(UINT64_MAX));
}

static void step_close_fd(void)
{
	if (fuzz.cache.object_count > 0 && draw(2))
		object_close(&fuzz.cache, &fuzz.cache.objects[draw(fuzz.cache.object_count)]);
	else if (fuzz.duplicate_count > 0)
		close(fuzz.duplicates[--fuzz.duplicate_count]);
}

static void step_dup(void)
{
	const struct object *object = some_object();

	if (object && fuzz.duplicate_count < MAX_HELD)
		fuzz.duplicates[fuzz.duplicate_count++] = fcntl(object->fd, F_DUPFD_CLOEXEC, 0);
}

/* The right bytes for a place, asked for or not. */
static void step_write(void)
{
	const struct object *object = some_object();
	struct message message;
	struct cachefiles_read *read = (void *)message.head.data;

	if (!object)
		return;
	message.head.object_id = object->id;
	*read = (struct cachefiles_read){ .off = draw(PAGES) * PAGE, .len = (1 + draw(4)) * PAGE };
	if (draw(8) == 0)
		read->off += draw(PAGE);
	fill(&fuzz.cache, &message);
}

static void step_seek(void)
{
	static const int whences[] = { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE, 99 };
	const struct object *object = some_object();

	if (object)
		lseek(object->fd, (off_t)draw(2 * PAGES * PAGE) - PAGE, whences[draw(6)]);
}

static void step_ioctl(void)
{
	const struct object *object = some_object();

	if (object)
		ioctl(object->fd, _IOC(draw(4), 0x98, draw(4), draw(64)), draw(UINT64_MAX));
}

/* Lets the others come to something to ask for. */
static void step_wait(void)
{
	device_poll(fuzz.cache.device, 20);
}

static void step_restore(void)
{
	device_tell(fuzz.cache.device, "restore");
}

/* A command, cut and with a byte changed. */
static void step_garbage(void)
{
	static const char *const lines[] = { "bind ondemand", "bind", "dir cache", "tag x", "copen 1,1", "restore", "frun 10%", "bstop 0%",
					     "cull x", "inuse x", "secctx x", "copen 0,4096", "\n", "bcull 98%" };
	char line[64];
	size_t length;

	strcpy(line, lines[draw(sizeof(lines) / sizeof(lines[0]))]);
	length = strlen(line);
	if (draw(2))
		line[draw(length)] = (char)draw(256);
	device_write(fuzz.cache.device, line, draw(4) ? length : draw(length + 1));
}

static void step_new_device(void)
{
	if (draw(16) != 0)
		return;
	if (draw(2)) {
		close(fuzz.cache.device);
		fuzz.cache.device = -1;
	}
	end();
	begin();
}

static const struct {
	unsigned int weight;
	void (*run)(void);
} steps[] = {
	{ 8, step_mount },  { 3, step_unmount },  { 16, step_read },  { 3, step_kill },	   { 1, step_kill_mount }, { 12, step_take },
	{ 12, step_answer }, { 24, step_serve },  { 3, step_copen },  { 3, step_cread },   { 2, step_close_fd },   { 2, step_dup },
	{ 2, step_write },  { 2, step_seek },	  { 2, step_ioctl },  { 2, step_restore }, { 3, step_garbage },	   { 1, step_bad_buffer },
	{ 1, step_new_device }, { 8, step_wait },
};

static void one_step(void)
{
	unsigned int total = 0;
	uint64_t at;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		total += steps[i].weight;
	at = draw(total);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (at < steps[i].weight) {
			steps[i].run();
			return;
		}
		at -= steps[i].weight;
	}
}

static void play(struct cache *unused)
{
	(void)unused;
	begin();
	for (long left = fuzz_steps; left > 0; left--) {
		one_step();
		reap();
	}
	end();
	check_result(fuzz.wrong, 0, "nobody has read wrong bytes");
	evidence("steps", fuzz_steps);
	evidence("binds", fuzz.binds);
	evidence("readers_right", fuzz.right);
	evidence("readers_failed", fuzz.errors);
}

int fuzz_main(int argc, char **argv)
{
	static const struct test test = { "anything may be done, and all is given back", play, true };
	const struct group group = { "fuzz", &test, 1 };

	(void)argc;
	fuzz.state = strtoull(argv[0], NULL, 0);
	fuzz_steps = atol(argv[1]);
	printf("# seed %s, %s steps\n", argv[0], argv[1]);
	return run_group(&group);
}
