// SPDX-License-Identifier: GPL-2.0-only
/* `restore`: what a daemon had in hand when it died can be had again; an OPEN whose fd lives cannot. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"

static bool is_same(const struct message *one, const struct message *other)
{
	return one->head.msg_id == other->head.msg_id && one->head.object_id == other->head.object_id && one->head.len == other->head.len &&
	       memcmp(one->head.data, other->head.data, sizeof(struct cachefiles_read)) == 0;
}

static void reads(struct cache *cache)
{
	struct message first[2];
	struct message again[2];
	struct task readers[2];

	if (!cache_mount(cache, "a"))
		return;
	for (int i = 0; i < 2; i++) {
		readers[i] = reader_start("a", 3 * i + 1);
		if (!expect(cache, &first[i], CACHEFILES_OP_READ, "a READ is in hand"))
			return;
	}
	check_result(device_poll(cache->device, 0), 0, "nothing is new");
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	check_result(device_poll(cache->device, 0), POLLIN, "POLLIN");
	for (int i = 0; i < 2; i++)
		if (!expect(cache, &again[i], CACHEFILES_OP_READ, "a READ comes again"))
			return;
	check((is_same(&first[0], &again[0]) && is_same(&first[1], &again[1])) || (is_same(&first[0], &again[1]) && is_same(&first[1], &again[0])),
	      "both are as they were, id and range");
	evidence("came_again", 2);
	check_result(device_poll(cache->device, 0), 0, "nothing is new any more");
	check_result(answer(cache, &first[0]), 0, "one is completed by what was read first");
	check_result(answer(cache, &first[0]), -EINVAL, "once");
	check_result(device_tell(cache->device, "restore"), 0, "restore a second time");
	check_result(finish(cache, &readers[1]), 0, "the other is served, and its reader has the right bytes");
	check_result(finish(cache, &readers[0]), 0, "so has the first");
}

/* A new request and restore: it comes once. */
static void not_taken(struct cache *cache)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a READ is new");
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	expect(cache, &message, CACHEFILES_OP_READ, "it is taken");
	check_result(device_read(cache->device, &message, 0), 0, "and there is no second");
	answer(cache, &message);
	check_result(finish(cache, &reader), 0, "the reader has the right bytes");
}

static void open_with_fd(struct cache *cache)
{
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;
	struct message again;
	int fd;

	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	fd = (int)open_of(&message)->fd;
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	check_result(device_poll(cache->device, 0), POLLIN, "POLLIN");
	if (!check_result(device_read(cache->device, &again, sizeof(again)), -EEXIST, "to take it again fails, for its fd is open"))
		close((int)open_of(&again)->fd);
	check_result(copen(cache, message.head.msg_id, "4096"), -EINVAL, "and the OPEN has failed with it");
	check(finish(cache, &mounter) > 0, "so does the mount");
	check_result(pwrite(fd, &again, sizeof(again), 0) < 0 ? -errno : 0, -ENOBUFS, "its fd has no file");
	close(fd);
	mounter = cache_mount_start(cache, "a", "a");
	check_result(finish(cache, &mounter), 0, "the next mount succeeds");
}

static void open_with_fd_closed(struct cache *cache)
{
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;
	struct message again;

	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	close((int)open_of(&message)->fd);
	check_result(device_tell(cache->device, "restore"), 0, "restore");
	if (!expect(cache, &again, CACHEFILES_OP_OPEN, "its fd closed, it comes again"))
		return;
	check_result(again.head.msg_id, message.head.msg_id, "with the same id");
	check(again.head.object_id != message.head.object_id, "and another object id");
	check_result(answer(cache, &again), 0, "it is answered");
	check_result(finish(cache, &mounter), 0, "the mount succeeds");
}

static void open_answered_without_fd(struct cache *cache)
{
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;

	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	close((int)open_of(&message)->fd);
	copen(cache, message.head.msg_id, "4096");
	check(finish(cache, &mounter) > 0, "its fd closed, its answer fails the mount");
	mounter = cache_mount_start(cache, "a", "a");
	check_result(finish(cache, &mounter), 0, "the next mount succeeds");
}

static const struct test tests[] = {
	{ "READs in hand come again after restore", reads, false },
	{ "a request that is new is not doubled by restore", not_taken, false },
	{ "an OPEN whose fd is open is not given a second one", open_with_fd, false },
	{ "an OPEN whose fd was closed comes again after restore", open_with_fd_closed, false },
	{ "an OPEN is not completed without its fd", open_answered_without_fd, false },
};

const struct group restoring_group = GROUP("restoring", tests);
