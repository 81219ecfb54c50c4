// SPDX-License-Identifier: GPL-2.0-only
/* A cache whose backing store fails is dead: its requests end, and nothing is told to it any more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "protocol.h"

/* CONFIG_CACHEFILES_ERROR_INJECTION: 2 makes every operation on the backing file system fail with EIO. */
static bool inject(const char *what)
{
	int fd = open("/proc/sys/cachefiles/error_injection", O_WRONLY | O_CLOEXEC);
	bool is_done = fd >= 0 && write(fd, what, 1) == 1;

	if (fd >= 0)
		close(fd);
	return is_done;
}

static void io_error(struct cache *cache)
{
	struct message message;
	struct task mounter;
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	if (!expect(cache, &message, CACHEFILES_OP_READ, "a READ is in hand") || !check(inject("2"), "the backing store fails"))
		return;
	mounter = cache_mount_start(cache, "b", "b");
	check(task_end(&mounter, PATIENCE) > 0, "a mount meets the error, and fails");
	check(inject("0"), "the backing store is well again");
	check_result(task_end(&reader, PATIENCE), EIO, "the reader gets an error");
	check_result(cread(object_of(cache, message.head.object_id)->fd, message.head.msg_id), -EINVAL, "its READ is over");
	check_result(device_tell(cache->device, "restore"), -EIO, "restore");
	check_result(device_tell(cache->device, "copen 1,1"), -EIO, "copen");
	check_result(device_tell(cache->device, "bogus"), -EIO, "what is no command");
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "there is nothing to read");
	check_result(device_poll(cache->device, 0), 0, "nor to poll for");
	reader = reader_start("a", 2);
	check_result(task_end(&reader, PATIENCE), EIO, "a reader that comes later gets an error");
	evidence("injected", 1);
}

static void served_again(struct cache *cache)
{
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check_result(finish(cache, &reader), 0, "a new cache is served");
}

static const struct test tests[] = {
	{ "an I/O error ends the cache, and whoever waits for it", io_error, false },
	{ "the next cache is as good as any", served_again, false },
};

const struct group dead_group = GROUP("dead", tests);
