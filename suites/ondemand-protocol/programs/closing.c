// SPDX-License-Identifier: GPL-2.0-only
/* How an object ends: CLOSE, withheld or never read; a file of which something is still asked; a device that goes first. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"

static long collisions(void)
{
	return proc_number("/proc/fs/fscache/stats", "vcol");
}

static void one_for_each(struct cache *cache)
{
	struct message messages[2];
	struct task mounter;
	uint32_t last = 0;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	for (int i = 0; i < 2; i++) {
		if (!expect(cache, &messages[i], CACHEFILES_OP_CLOSE, "a CLOSE"))
			return;
		check(object_of(cache, messages[i].head.object_id) != NULL, "of an object that is open");
		last = messages[i].head.object_id > last ? messages[i].head.object_id : last;
	}
	check(messages[0].head.object_id != messages[1].head.object_id, "not twice of one");
	check_result(device_poll(cache->device, 0), 0, "no more is asked for");
	answer(cache, &messages[0]);
	answer(cache, &messages[1]);
	check(wait_until(PATIENCE, cookies_are_gone, NULL), "closed, the cookies are gone");
	mounter = cache_mount_start(cache, "a", "a");
	if (expect(cache, &messages[0], CACHEFILES_OP_OPEN, "mounted again, an OPEN comes")) {
		check(messages[0].head.object_id > last, "of an object with a new id");
		answer(cache, &messages[0]);
	}
	check_result(finish(cache, &mounter), 0, "the mount succeeds");
}

/* fd_release is to complete CLOSEs of its object that nobody has read; it looks for an id that they get when they are read. */
static void fd_closed_first(struct cache *cache)
{
	bool are_gone;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a CLOSE comes");
	while (cache->object_count > 0)
		object_close(cache, &cache->objects[0]);
	are_gone = wait_until(PATIENCE, cookies_are_gone, NULL);
	check_known(are_gone, device_poll(cache->device, 0) & POLLIN, "ondemand-close-outlives-fd", "its fd closed, every cookie is given back");
}

/* A mount whose volume's key the image's last one still has. */
static bool waits_for_volume(const void *mounter)
{
	return task_sleeps_in(mounter, "__fscache_acquire_volume");
}

/* The same image is mounted while the last CLOSE of its last mount is withheld: it waits, and is no collision. */
static void withheld(struct cache *cache)
{
	long before = collisions();
	struct message messages[2];
	struct task mounter;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a CLOSE comes, and is left there");
	mounter = cache_mount_start(cache, "a", "a");
	check(wait_until(PATIENCE, waits_for_volume, &mounter), "the image's next mount waits");
	for (int i = 0; i < 2; i++)
		if (!expect(cache, &messages[i], CACHEFILES_OP_CLOSE, "before any OPEN the CLOSEs are to be had"))
			return;
	check_result(device_poll(cache->device, 0), 0, "and no OPEN after them");
	answer(cache, &messages[0]);
	answer(cache, &messages[1]);
	check_result(finish(cache, &mounter), 0, "once they are read it goes on, and succeeds");
	check_result(collisions(), before, "nothing has collided");
}

/* The CLOSE is read, but the fd stays open. */
static void fd_withheld(struct cache *cache)
{
	long before = collisions();
	struct message messages[2];
	struct task mounter;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	for (int i = 0; i < 2; i++)
		expect(cache, &messages[i], CACHEFILES_OP_CLOSE, "a CLOSE is read");
	mounter = cache_mount_start(cache, "a", "a");
	check(wait_until(PATIENCE, waits_for_volume, &mounter), "with the fds open the image's next mount waits");
	check_result(device_poll(cache->device, 0), 0, "and has sent no OPEN");
	answer(cache, &messages[0]);
	answer(cache, &messages[1]);
	check_result(finish(cache, &mounter), 0, "once they are closed it goes on, and succeeds");
	check_result(collisions(), before, "nothing has collided");
}

/*
 * The blob's fd is closed and a page of it read, so that an OPEN is asked for that nobody will answer; then the reader is killed and the
 * image unmounted. The other file's fd is closed too: there is nothing that the daemon would have to do.
 */
static void dropped_while_reopening(struct cache *cache, bool is_taken)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	while (cache->object_count > 0)
		object_close(cache, &cache->objects[0]);
	reader = reader_start("a", 1);
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a page of a closed file is asked for");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "which has it opened");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "an OPEN comes");
	if (is_taken)
		expect(cache, &message, CACHEFILES_OP_OPEN, "and is taken");
	task_signal(&reader, SIGKILL);
	check_result(task_end(&reader, PATIENCE), KILLED + SIGKILL, "the reader is killed");
	cache_unmount(cache, "a");
	if (is_taken)
		close((int)open_of(&message)->fd);
	check(wait_until(PATIENCE, cookies_are_gone, NULL), "every cookie is given back, though the OPEN was never answered");
	check_result(device_poll(cache->device, 0), 0, "and the OPEN is no more");
	reader = cache_mount_start(cache, "a", "a");
	check_result(finish(cache, &reader), 0, "the image's next mount succeeds");
}

static void dropped_with_open_new(struct cache *cache)
{
	dropped_while_reopening(cache, false);
}

static void dropped_with_open_in_hand(struct cache *cache)
{
	dropped_while_reopening(cache, true);
}

static void device_first(struct cache *cache)
{
	struct message message;
	struct task mounter;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	mounter = cache_mount_start(cache, "b", "b");
	expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand");
	close((int)open_of(&message)->fd);
	reader = reader_start("a", 1);
	expect(cache, &message, CACHEFILES_OP_READ, "and a READ");
	close(cache->device);
	cache->device = -1;
	check(task_end(&mounter, PATIENCE) > 0, "the device closed, the mount fails");
	check(task_end(&reader, PATIENCE) > 0, "and the reader gets an error");
	reader = reader_start("a", 2);
	check(task_end(&reader, PATIENCE) > 0, "so does one that comes later");
	mounter = cache_mount_start(cache, "b", "b");
	check(task_end(&mounter, PATIENCE) > 0, "nothing more is mounted");
}

static void device_first_with_close(struct cache *cache)
{
	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a CLOSE is there to be read");
	close(cache->device);
	cache->device = -1;
	while (cache->object_count > 0)
		object_close(cache, &cache->objects[0]);
	check(wait_until(PATIENCE, cookies_are_gone, NULL), "the device closed, every cookie is given back");
}

static const struct test tests[] = {
	{ "each object is closed once, and its id is not used again", one_for_each, false },
	{ "an fd that is closed is the answer to a CLOSE that was not read", fd_closed_first, false },
	{ "a mount waits for CLOSEs that are withheld", withheld, false },
	{ "a mount waits for fds that are withheld", fd_withheld, false },
	{ "an object is dropped though an OPEN of it is new", dropped_with_open_new, false },
	{ "an object is dropped though an OPEN of it is in hand", dropped_with_open_in_hand, false },
	{ "the device closed, whoever waits gets an error", device_first, false },
	{ "the device closed, CLOSEs are done with", device_first_with_close, false },
};

const struct group closing_group = GROUP("closing", tests);

static bool has_collided(const void *before)
{
	return collisions() == *(const long *)before + 1;
}

/* fscache waits 20 s for a volume before it complains (fscache_wait_on_volume_collision), and then goes on waiting. */
static void withheld_for_long(struct cache *cache)
{
	long before = collisions();
	struct task mounter;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "a CLOSE comes, and is left there");
	mounter = cache_mount_start(cache, "a", "a");
	check(wait_until(40, has_collided, &before), "after 20 s the collision is counted");
	check(task_runs(&mounter), "and the mount goes on waiting");
	check_result(finish(cache, &mounter), 0, "once the CLOSEs are read it succeeds");
	check_result(collisions(), before + 1, "there was one collision");
	evidence("collisions", collisions() - before);
}

static const struct test collision_tests[] = {
	{ "a mount waits longer than 20 s for a volume, and says so", withheld_for_long, false },
};

const struct group collision_group = GROUP("collision", collision_tests);
