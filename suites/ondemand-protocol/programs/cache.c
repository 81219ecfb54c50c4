// SPDX-License-Identifier: GPL-2.0-only
/* An on-demand cache of one test: empty when it begins, and at rest when it ends, whatever the test did. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol.h"

static const char directory[] = "cache/protocol";
static int opened;

/*
 * The size copen gives: another for each cache, and so what the last one holds is stale. To bind a new directory instead would cost the
 * kernel 256 folders for each volume.
 */
off_t cache_size(const char *key)
{
	char path[PATH_SIZE + 16];
	struct stat image;

	snprintf(path, sizeof(path), "images/%s", key);
	return stat(path, &image) < 0 ? -1 : (image.st_size + PAGE - 1) / PAGE * PAGE + opened * PAGE;
}

/* Opens the device and names the directory, but does not bind. Returns 0 or a negative error number. */
int cache_open(struct cache *cache)
{
	*cache = (struct cache){ .device = device_open() };
	if (cache->device < 0)
		return cache->device;
	opened++;
	mkdir(directory, 0700);
	device_tell(cache->device, "dir %s", directory);
	device_tell(cache->device, "tag crucible");
	return 0;
}

bool cache_begin(struct cache *cache)
{
	int status = cache_open(cache);

	if (status == 0)
		status = device_tell(cache->device, "bind ondemand");
	return check_result(status, 0, "the cache is bound");
}

void mount_path(char *path, const char *image)
{
	snprintf(path, PATH_SIZE, "mnt-%.400s", image);
}

struct mount_arguments {
	char path[PATH_SIZE];
	char options[2 * PATH_SIZE];
};

static void mount_image(const void *argument)
{
	const struct mount_arguments *mount_arguments = argument;

	if (mount("none", mount_arguments->path, "erofs", MS_RDONLY, mount_arguments->options) < 0)
		_exit(errno);
}

/* A task that mounts `image`.erofs, whose data is in `image`.blob, on mnt-`where`. */
struct task cache_mount_start(struct cache *cache, const char *image, const char *where)
{
	struct mount_arguments mount_arguments;

	mount_path(mount_arguments.path, where);
	mkdir(mount_arguments.path, 0755);
	snprintf(mount_arguments.options, sizeof(mount_arguments.options), "fsid=%.400s.erofs,device=%.400s.blob", image, image);
	if (cache->mount_count < MAX_MOUNTS)
		strcpy(cache->mounts[cache->mount_count++], mount_arguments.path);
	return task_start(mount_image, &mount_arguments);
}

static void open_file(const void *path)
{
	if (open(path, O_RDONLY) < 0)
		_exit(errno);
}

struct opening {
	struct cache *cache;
	char blob[PATH_SIZE];
};

/* One look at the device. */
static bool serve_and_find(const void *argument)
{
	const struct opening *opening = argument;
	struct message message;

	if ((device_poll(opening->cache->device, 0) & POLLIN) && device_read(opening->cache->device, &message, sizeof(message)) > 0)
		answer(opening->cache, &message);
	return object_named(opening->cache, opening->blob);
}

/* Mounts it, has its blob opened, for which a mount does not wait, and its metadata read: what is asked for from now on is data. */
bool cache_mount(struct cache *cache, const char *image)
{
	struct opening opening = { .cache = cache };
	char path[PATH_SIZE + 8];
	struct task task = cache_mount_start(cache, image, image);
	int status = finish(cache, &task);

	mount_path(path, image);
	strcat(path, "/big");
	snprintf(opening.blob, sizeof(opening.blob), "%.400s.blob", image);
	if (status == 0 && !wait_until(PATIENCE, serve_and_find, &opening))
		status = -ETIMEDOUT;
	if (status == 0) {
		task = task_start(open_file, path);
		status = finish(cache, &task);
	}
	return check_result(status, 0, "%s mounts", image);
}

void cache_unmount(struct cache *cache, const char *image)
{
	char path[PATH_SIZE];

	mount_path(path, image);
	check_result(umount2(path, 0) < 0 ? -errno : 0, 0, "%s unmounts", image);
	for (size_t i = 0; i < cache->mount_count; i++)
		if (strcmp(cache->mounts[i], path) == 0) {
			memmove(cache->mounts[i], cache->mounts[--cache->mount_count], PATH_SIZE);
			return;
		}
}

bool cookies_are_gone(const void *unused)
{
	(void)unused;
	return proc_rows("/proc/fs/fscache/cookies") == 0 && proc_rows("/proc/fs/fscache/volumes") == 0;
}

/* One look at the device between two looks at the cookies. */
static bool serve_and_look(const void *argument)
{
	struct cache *cache = (struct cache *)argument;
	struct message message;

	tasks_kill();
	while (cache->device >= 0 && (device_poll(cache->device, 0) & POLLIN) && device_read(cache->device, &message, sizeof(message)) > 0)
		answer(cache, &message);
	for (size_t i = cache->mount_count; i-- > 0;)
		if (umount2(cache->mounts[i], 0) == 0 || errno == EINVAL)
			memmove(cache->mounts[i], cache->mounts[--cache->mount_count], PATH_SIZE);
	return !any_task_lives() && cache->mount_count == 0 && cookies_are_gone(NULL);
}

/* Nothing is mounted any more, and nothing of it will be asked or told. */
bool cache_settle(struct cache *cache)
{
	return check(wait_until(PATIENCE, serve_and_look, cache), "nothing is left of it");
}

static bool device_is_free(const void *unused)
{
	int device = device_open();

	(void)unused;
	if (device >= 0)
		close(device);
	return device >= 0;
}

static void close_objects(struct cache *cache)
{
	while (cache->object_count > 0)
		object_close(cache, &cache->objects[cache->object_count - 1]);
}

static void let_go(struct cache *cache)
{
	if (cache->device >= 0)
		close(cache->device);
	cache->device = -1;
	close_objects(cache);
}

void cache_end(struct cache *cache)
{
	/* Nobody can be told to close them any more. */
	if (cache->device < 0)
		close_objects(cache);
	check(wait_until(10, serve_and_look, cache), "every task ends, every cookie is given back");
	let_go(cache);
	if (any_task_lives() || cache->mount_count > 0)
		wait_until(10, serve_and_look, cache);
	check(wait_until(10, device_is_free, NULL), "the device can be opened again");
}

/* Mounts each image once: a machine under load is longer about a volume's folders than the 20 s that a mount waits for them. */
void cache_prepare(void)
{
	static const char *const images[] = { "a", "b" };

	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		for (int tries = 0, status = -1; status != 0 && tries < 5; tries++) {
			struct cache cache;
			struct task mounter;

			if (cache_open(&cache) < 0 || device_tell(cache.device, "bind ondemand") < 0)
				return;
			mounter = cache_mount_start(&cache, images[i], images[i]);
			status = finish(&cache, &mounter);
			wait_until(10, serve_and_look, &cache);
			let_go(&cache);
			wait_until(10, device_is_free, NULL);
		}
}
