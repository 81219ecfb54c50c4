// SPDX-License-Identifier: GPL-2.0-only
/* Signals: who waits for a READ can be killed, and takes the request along; a signal that does not kill changes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "protocol.h"

static void in_hand(struct cache *cache)
{
	static const int numbers[] = { SIGKILL, SIGTERM, SIGINT };

	if (!cache_mount(cache, "a"))
		return;
	for (off_t i = 0; i < 3; i++) {
		struct task reader = reader_start("a", i);
		struct message message;

		if (!expect(cache, &message, CACHEFILES_OP_READ, "a READ is in hand"))
			return;
		task_signal(&reader, numbers[i]);
		if (!check_result(task_end(&reader, PATIENCE), KILLED + numbers[i], "its reader is gone after signal %d", numbers[i]))
			return;
		check_result(cread(object_of(cache, message.head.object_id)->fd, message.head.msg_id), -EINVAL, "the READ with it");
		check_result(device_poll(cache->device, 0), 0, "nothing is asked for");
		reader = reader_start("a", i);
		check_result(finish(cache, &reader), 0, "the next reader of that page is served");
	}
}

static void not_taken(struct cache *cache)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a READ is new");
	task_signal(&reader, SIGKILL);
	if (!check_result(task_end(&reader, PATIENCE), KILLED + SIGKILL, "its reader is gone when killed"))
		return;
	check_result(device_poll(cache->device, 0), 0, "nothing is asked for any more");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "and there is nothing to read");
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "brings nothing back");
}

static void ignore(int number)
{
	(void)number;
}

static void read_with_handler(const void *path)
{
	struct sigaction action = { .sa_handler = ignore };
	static char page[PAGE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	sigaction(SIGUSR1, &action, NULL);
	signal(SIGUSR2, SIG_IGN);
	/* SA_RESTART is not set: an interrupted read would say EINTR. */
	if (fd < 0 || pread(fd, page, sizeof(page), 5 * PAGE) != PAGE)
		_exit(errno);
}

static void not_fatal(struct cache *cache)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = task_start(read_with_handler, "mnt-a/big");
	if (!expect(cache, &message, CACHEFILES_OP_READ, "a READ is in hand"))
		return;
	task_signal(&reader, SIGUSR1);
	task_signal(&reader, SIGUSR2);
	task_signal(&reader, SIGSTOP);
	task_signal(&reader, SIGCONT);
	check(task_runs(&reader), "signals that do not kill leave the reader waiting");
	check_result(answer(cache, &message), 0, "the READ is still pending");
	check_result(finish(cache, &reader), 0, "the reader ends well");
}

/* A mount whose superblock is asked for: the READ is made by mount(2) itself. */
static void mount_killed(struct cache *cache)
{
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;

	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	answer(cache, &message);
	if (!expect(cache, &message, CACHEFILES_OP_READ, "the superblock is asked for"))
		return;
	task_signal(&mounter, SIGKILL);
	if (!check_result(task_end(&mounter, PATIENCE), KILLED + SIGKILL, "the mount is gone when killed"))
		return;
	mounter = cache_mount_start(cache, "a", "a");
	check_result(finish(cache, &mounter), 0, "the next mount succeeds");
}

/* One of several that wait for different pages. */
static void one_of_many(struct cache *cache)
{
	enum { READERS = 8 };
	struct message messages[READERS];
	struct task readers[READERS];
	int right = 0;

	if (!cache_mount(cache, "a"))
		return;
	for (int i = 0; i < READERS; i++) {
		readers[i] = reader_start("a", i);
		if (!expect(cache, &messages[i], CACHEFILES_OP_READ, "a READ is in hand"))
			return;
	}
	for (int i = 0; i < READERS; i += 2) {
		task_signal(&readers[i], SIGKILL);
		if (!check_result(task_end(&readers[i], PATIENCE), KILLED + SIGKILL, "a killed reader is gone"))
			return;
	}
	for (int i = 0; i < READERS; i++)
		check_result(answer(cache, &messages[i]), i % 2 ? 0 : -EINVAL, i % 2 ? "the READ of one that lives is pending" : "that of a killed one is not");
	for (int i = 1; i < READERS; i += 2)
		right += finish(cache, &readers[i]) == 0;
	check_result(right, READERS / 2, "those that live have the right bytes");
}

static const struct test tests[] = {
	{ "a reader whose READ is in hand can be killed", in_hand, false },
	{ "a reader whose READ was not taken can be killed", not_taken, false },
	{ "a signal that does not kill is no answer", not_fatal, false },
	{ "a mount can be killed while its superblock is read", mount_killed, false },
	{ "killing one reader leaves the others alone", one_of_many, false },
};

const struct group killing_group = GROUP("killing", tests);
