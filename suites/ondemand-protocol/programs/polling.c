// SPDX-License-Identifier: GPL-2.0-only
/* poll and epoll on the device: there is something to read when a request is new, and not before, and no more when it was taken. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "protocol.h"

/* POLLIN, or 0; a cache that culls says POLLOUT as well, but this one has room. */
static int events_now(const struct cache *cache)
{
	return device_poll(cache->device, 0);
}

static bool comes(const struct cache *cache)
{
	return device_poll(cache->device, deadline_ms(PATIENCE)) == POLLIN;
}

static void taken_is_not_new(struct cache *cache)
{
	struct message first;
	struct message second;
	struct task one;
	struct task other;

	if (!cache_mount(cache, "a"))
		return;
	check_result(events_now(cache), 0, "nothing is asked for: no events");
	one = reader_start("a", 1);
	check(comes(cache), "a READ: POLLIN");
	check_result(events_now(cache), POLLIN, "and again, for it was not taken");
	expect(cache, &first, CACHEFILES_OP_READ, "the READ is taken");
	check_result(events_now(cache), 0, "the READ in hand: no events");
	check_result(device_read(cache->device, &second, sizeof(second)), 0, "and nothing to read");
	other = reader_start("a", 2);
	check(comes(cache), "a second READ: POLLIN");
	expect(cache, &second, CACHEFILES_OP_READ, "it is taken");
	check_result(events_now(cache), 0, "two READs in hand: no events");
	answer(cache, &second);
	check_result(events_now(cache), 0, "one of them answered: no events");
	answer(cache, &first);
	check_result(finish(cache, &one), 0, "the first reader has the right bytes");
	check_result(finish(cache, &other), 0, "the second too");
	check_result(events_now(cache), 0, "all answered: no events");
}

/* Waits on an epoll instance for one event of the device; -1 where none comes within the time. */
static long wait_event(int epoll, int milliseconds)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, milliseconds) == 1 ? (long)event.events : -1;
}

static int watch(const struct cache *cache, uint32_t events)
{
	struct epoll_event event = { .events = events };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(epoll, EPOLL_CTL_ADD, cache->device, &event) < 0 ? -1 : epoll;
}

static void level(struct cache *cache)
{
	struct message message;
	struct task reader;
	int epoll = watch(cache, EPOLLIN);

	if (!cache_mount(cache, "a"))
		return;
	check_result(wait_event(epoll, 0), -1, "nothing is asked for: no event");
	reader = reader_start("a", 1);
	check_result(wait_event(epoll, deadline_ms(PATIENCE)), EPOLLIN, "a READ wakes who waits");
	check_result(wait_event(epoll, 0), EPOLLIN, "and is there as long as it is new");
	expect(cache, &message, CACHEFILES_OP_READ, "the READ is taken");
	check_result(wait_event(epoll, 0), -1, "and no more then");
	answer(cache, &message);
	check_result(finish(cache, &reader), 0, "the reader has the right bytes");
	close(epoll);
}

static void edge(struct cache *cache)
{
	struct message message;
	struct task readers[2];
	int epoll;

	if (!cache_mount(cache, "a"))
		return;
	epoll = watch(cache, EPOLLIN | EPOLLET);
	readers[0] = reader_start("a", 1);
	check_result(wait_event(epoll, deadline_ms(PATIENCE)), EPOLLIN, "a READ is an edge");
	check_result(wait_event(epoll, 0), -1, "one");
	readers[1] = reader_start("a", 2);
	check_result(wait_event(epoll, deadline_ms(PATIENCE)), EPOLLIN, "a second READ is another, though the first was not taken");
	for (int i = 0; i < 2; i++)
		if (expect(cache, &message, CACHEFILES_OP_READ, "a READ is taken"))
			answer(cache, &message);
	for (int i = 0; i < 2; i++)
		check_result(finish(cache, &readers[i]), 0, "a reader has the right bytes");
	close(epoll);
}

/* A READ of a file that is being opened again cannot be had yet: the OPEN can, and the READ when that is answered. */
static void reopening(struct cache *cache)
{
	struct message message;
	struct task reader;
	int epoll;

	if (!cache_mount(cache, "a"))
		return;
	object_close(cache, object_named(cache, "a.blob"));
	reader = reader_start("a", 1);
	check(comes(cache), "a READ of a closed file: POLLIN");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "which cannot be had, but has the file opened");
	check(comes(cache), "the OPEN: POLLIN");
	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "it is taken"))
		return;
	check_result(events_now(cache), 0, "the OPEN in hand: no events, though a READ waits");
	epoll = watch(cache, EPOLLIN);
	check_result(wait_event(epoll, 0), -1, "nor for epoll");
	answer(cache, &message);
	check_result(wait_event(epoll, deadline_ms(PATIENCE)), EPOLLIN, "the answer makes the READ one that can be had, and wakes");
	if (expect(cache, &message, CACHEFILES_OP_READ, "it is taken"))
		answer(cache, &message);
	check_result(finish(cache, &reader), 0, "the reader has the right bytes");
	close(epoll);
}

/* What could not be handed over is not lost, or is failed; never forgotten. */
static void small_buffer(struct cache *cache)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check(comes(cache), "a READ: POLLIN");
	check_result(device_read(cache->device, &message, 0), -EMSGSIZE, "an empty buffer");
	check_result(device_read(cache->device, &message, sizeof(message.head)), -EMSGSIZE, "room for the header only");
	check_result(device_read(cache->device, &message, sizeof(message.head) + sizeof(struct cachefiles_read) - 1), -EMSGSIZE, "a byte too small");
	check_result(events_now(cache), POLLIN, "the READ is still there");
	check_result(device_read(cache->device, &message, sizeof(message.head) + sizeof(struct cachefiles_read)), sizeof(message.head) + sizeof(struct cachefiles_read), "a buffer that just fits");
	answer(cache, &message);
	check_result(finish(cache, &reader), 0, "the reader has the right bytes");
}

static void bad_buffer(struct cache *cache)
{
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check(comes(cache), "a READ: POLLIN");
	check_result(device_read(cache->device, (void *)8, sizeof(struct message)), -EFAULT, "a buffer that is not there");
	/* That READ has failed; the page is asked for once more, without readahead. */
	check_result(finish(cache, &reader), 0, "the page is asked for again, and the reader has the right bytes");
}

static const struct test tests[] = {
	{ "POLLIN is for requests that are new", taken_is_not_new, false },
	{ "epoll says so too", level, false },
	{ "each request is an edge", edge, false },
	{ "a READ of a file that is being opened is not to be had", reopening, false },
	{ "a request that does not fit the buffer stays", small_buffer, false },
	{ "a request that cannot be copied out fails alone", bad_buffer, false },
};

const struct group polling_group = GROUP("polling", tests);
