// SPDX-License-Identifier: GPL-2.0-only
/* Sizes of cache files, lengths of keys, and no fd left. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "protocol.h"

/* The OPEN of each mount is answered so; `mounts` says whether the mount succeeds then. */
static const struct {
	const char *size;
	int result;
	bool mounts;
} sizes[] = {
	{ "0", 0, true },
	{ "1", 0, true },
	{ "0x10000", 0, true },
	{ "1099511627776", 0, true },
	{ "9223372036854775807", 0, false },
	{ "9223372036854775808", -ERANGE, false },
	{ "-1", 0, false },
	{ "-2", 0, false },
	{ "-4095", 0, false },
	{ "-4096", -EINVAL, false },
	{ "-9223372036854775808", -EINVAL, false },
	{ "", -EINVAL, false },
	{ "x", -EINVAL, false },
	{ "4096 ", -EINVAL, false },
	{ "4096,4096", -EINVAL, false },
};

static void copen_sizes(struct cache *cache)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct task mounter = cache_mount_start(cache, "a", "a");
		struct message message;
		int opcode = take(cache, &message);
		int status;

		if (!check_result(opcode, CACHEFILES_OP_OPEN, "an OPEN is in hand") || !object_take(cache, &message))
			return;
		check_result(copen(cache, message.head.msg_id, sizes[i].size), sizes[i].result, "copen with size '%s'", sizes[i].size);
		check_result(copen(cache, message.head.msg_id, "4096"), -EINVAL, "the OPEN is over");
		status = finish(cache, &mounter);
		check(sizes[i].mounts ? status == 0 : status > 0, "the mount %s", sizes[i].mounts ? "succeeds" : "fails");
		if (status == 0)
			cache_unmount(cache, "a");
		else if (object_of(cache, message.head.object_id))
			object_close(cache, object_of(cache, message.head.object_id));
		cache_settle(cache);
	}
}

static int open_fds(void)
{
	DIR *fds = opendir("/proc/self/fd");
	int count = 0;

	while (fds && readdir(fds))
		count++;
	closedir(fds);
	return count;
}

static void no_fd_left(struct cache *cache)
{
	struct rlimit limit;
	struct message message;
	struct task mounter;
	rlim_t before;
	int next;
	int fds;

	if (!cache_mount(cache, "a"))
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	before = limit.rlim_cur;
	fds = open_fds();
	mounter = cache_mount_start(cache, "b", "b");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "an OPEN is there");
	next = dup(0);
	close(next);
	limit.rlim_cur = (rlim_t)next;
	setrlimit(RLIMIT_NOFILE, &limit);
	check_result(device_read(cache->device, &message, sizeof(message)), -EMFILE, "it cannot be taken without a free fd");
	limit.rlim_cur = before;
	setrlimit(RLIMIT_NOFILE, &limit);
	check(finish(cache, &mounter) > 0, "its mount fails");
	check_result(open_fds(), fds, "no fd was used up");
	mounter = cache_mount_start(cache, "b", "b");
	check_result(finish(cache, &mounter), 0, "with free fds the next mount succeeds");
}

/* The OPEN's buffer does not fit, and is not there. */
static void open_buffers(struct cache *cache)
{
	int fds = open_fds();
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;

	check(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN, "an OPEN is there");
	check_result(device_read(cache->device, &message, sizeof(message.head) + sizeof(struct cachefiles_open)), -EMSGSIZE, "without room for its keys");
	check_result(device_poll(cache->device, 0), POLLIN, "it stays");
	check_result(device_read(cache->device, (void *)8, sizeof(message)), -EFAULT, "a buffer that is not there");
	check(finish(cache, &mounter) > 0, "fails it and its mount");
	check_result(open_fds(), fds, "no fd was used up");
	mounter = cache_mount_start(cache, "a", "a");
	check_result(finish(cache, &mounter), 0, "the next mount succeeds");
}

/* Links to image a, under which `name`.erofs and `name`.blob can be asked for. */
static void name_image(const char *name)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "images/%s.erofs", name);
	symlink("a.erofs", path);
	snprintf(path, sizeof(path), "images/%s.blob", name);
	symlink("a.blob", path);
}

static void key_is_whole(struct cache *cache, const char *name, bool mounts)
{
	char key[PATH_SIZE];
	struct message message;
	struct task mounter;

	name_image(name);
	mounter = cache_mount_start(cache, name, "key");
	if (!mounts) {
		check(finish(cache, &mounter) > 0, "a name of %zu bytes is refused", strlen(name));
		return;
	}
	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN comes"))
		return;
	snprintf(key, sizeof(key), "erofs,%s.erofs", name);
	check_result(open_of(&message)->volume_key_size, (long)strlen(key) + 1, "the volume's key has its length");
	check(strcmp((const char *)open_of(&message)->data, key) == 0, "and its bytes");
	check_result(open_of(&message)->cookie_key_size, (long)strlen(key) - 6, "the cookie's key has its length");
	check(memcmp(open_of(&message)->data + strlen(key) + 1, key + 6, strlen(key) - 6) == 0, "and its bytes");
	check_result(message.head.len, (long)(sizeof(message.head) + sizeof(struct cachefiles_open) + 2 * strlen(key) + 1 - 6), "the message is no longer");
	answer(cache, &message);
	check_result(finish(cache, &mounter), 0, "a name of %zu bytes mounts", strlen(name));
	cache_unmount(cache, "key");
	cache_settle(cache);
}

static void keys(struct cache *cache)
{
	char name[256];

	key_is_whole(cache, "k", true);
	key_is_whole(cache, "with space; \x01\x7f\xc3\xa9\xff", true);
	memset(name, 'n', sizeof(name));
	/* The directory of a volume is called I and the key, "erofs," and fsid; fsid is the name and ".erofs". */
	name[255 - 1 - 6 - 6] = '\0';
	key_is_whole(cache, name, true);
	memset(name, 'n', sizeof(name));
	name[255 - 6 - 6] = '\0';
	key_is_whole(cache, name, false);
	memset(name, 'n', sizeof(name));
	name[255 - 6 - 6 + 1] = '\0';
	key_is_whole(cache, name, false);
}

static const struct test tests[] = {
	{ "copen takes a size or an error, and nothing else", copen_sizes, false },
	{ "an OPEN that finds no free fd fails alone", no_fd_left, false },
	{ "an OPEN that does not fit stays, one that cannot be copied out fails", open_buffers, false },
	{ "keys come whole, whatever their bytes and length", keys, false },
};

const struct group limits_group = GROUP("limits", tests);
