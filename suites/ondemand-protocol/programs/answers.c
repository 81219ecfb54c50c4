// SPDX-License-Identifier: GPL-2.0-only
/* Requests taken from the device, and the right answers to them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "protocol.h"

const struct cachefiles_open *open_of(const struct message *message)
{
	return (const void *)message->head.data;
}

const struct cachefiles_read *read_of(const struct message *message)
{
	return (const void *)message->head.data;
}

int take(struct cache *cache, struct message *message)
{
	ssize_t got;

	if (!(device_poll(cache->device, deadline_ms(PATIENCE)) & POLLIN))
		return -ETIMEDOUT;
	got = device_read(cache->device, message, sizeof(*message));
	if (got < 0)
		return (int)got;
	return got >= (ssize_t)sizeof(message->head) ? (int)message->head.opcode : -ENODATA;
}

bool expect(struct cache *cache, struct message *message, enum cachefiles_opcode opcode, const char *what)
{
	return check_result(take(cache, message), opcode, "%s", what);
}

/* `size` in words, for it may be anything but a number. */
int copen(const struct cache *cache, uint32_t id, const char *size)
{
	return device_tell(cache->device, "copen %u,%s", id, size);
}

int cread(int fd, unsigned long id)
{
	return ioctl(fd, CACHEFILES_IOC_READ_COMPLETE, id) < 0 ? -errno : 0;
}

struct object *object_of(struct cache *cache, uint32_t id)
{
	for (size_t i = 0; i < cache->object_count; i++)
		if (cache->objects[i].id == id)
			return &cache->objects[i];
	return NULL;
}

struct object *object_named(struct cache *cache, const char *key)
{
	for (size_t i = cache->object_count; i-- > 0;)
		if (strcmp(cache->objects[i].key, key) == 0)
			return &cache->objects[i];
	return NULL;
}

/* Keeps the anonymous fd of an OPEN; NULL when there is no room, and then the fd is closed. */
struct object *object_take(struct cache *cache, const struct message *message)
{
	const struct cachefiles_open *open = open_of(message);
	struct object *object = &cache->objects[cache->object_count];
	size_t size = open->cookie_key_size;

	if (cache->object_count == MAX_OBJECTS || size >= sizeof(object->key)) {
		close((int)open->fd);
		return NULL;
	}
	*object = (struct object){ .id = message->head.object_id, .fd = (int)open->fd };
	memcpy(object->key, open->data + open->volume_key_size, size);
	cache->object_count++;
	return object;
}

void object_close(struct cache *cache, struct object *object)
{
	close(object->fd);
	*object = cache->objects[--cache->object_count];
}

static int answer_open(struct cache *cache, const struct message *message)
{
	const struct object *object = object_take(cache, message);
	char size[32];

	if (!object)
		return copen(cache, message->head.msg_id, "-24");
	if (cache_size(object->key) < 0)
		return copen(cache, message->head.msg_id, "-2");
	snprintf(size, sizeof(size), "%lld", (long long)cache_size(object->key));
	return copen(cache, message->head.msg_id, size);
}

/* Writes what a READ asks for to the cache file. Returns 0 or a negative error number. */
int fill(struct cache *cache, const struct message *message)
{
	static _Alignas(PAGE) char buffer[PAGE];
	const struct cachefiles_read *read = read_of(message);
	const struct object *object = object_of(cache, message->head.object_id);
	char path[PATH_SIZE + 16];
	int image;
	int status = 0;

	if (!object)
		return -ENOENT;
	snprintf(path, sizeof(path), "images/%s", object->key);
	image = open(path, O_RDONLY | O_CLOEXEC);
	for (uint64_t done = 0; status == 0 && done < read->len; done += PAGE) {
		memset(buffer, 0, PAGE);
		if (pread(image, buffer, PAGE, (off_t)(read->off + done)) < 0 ||
		    pwrite(object->fd, buffer, PAGE, (off_t)(read->off + done)) != PAGE)
			status = -errno;
	}
	close(image);
	return status;
}

/* As a daemon should. Returns 0, or the error of the answer. */
int answer(struct cache *cache, const struct message *message)
{
	struct object *object = object_of(cache, message->head.object_id);
	int status;

	switch (message->head.opcode) {
	case CACHEFILES_OP_OPEN: return answer_open(cache, message);
	case CACHEFILES_OP_CLOSE:
		if (object)
			object_close(cache, object);
		return 0;
	default:
		status = fill(cache, message);
		return status || !object ? status : cread(object->fd, message->head.msg_id);
	}
}

/* Waits for a request, and says whether there is one: there is none when the task ended first, or in time. */
bool is_asked(const struct cache *cache, const struct task *task)
{
	struct pollfd fds[] = { { .fd = cache->device, .events = POLLIN }, { .fd = task->pidfd, .events = POLLIN } };

	return task->pid > 0 && poll(fds, 2, deadline_ms(PATIENCE)) > 0 && !fds[1].revents;
}

/* Gives every request to `reply` until the task ends. Returns its status, or -ETIMEDOUT. */
int answer_until_ends(struct cache *cache, struct task *task, void (*reply)(struct cache *cache, const struct message *message))
{
	long end = now_ms() + deadline_ms(PATIENCE);
	struct message message;

	while (now_ms() < end && is_asked(cache, task)) {
		if (device_read(cache->device, &message, sizeof(message)) <= 0)
			continue;
		reply(cache, &message);
		end = now_ms() + deadline_ms(PATIENCE);
	}
	return task_end(task, 0);
}

static void answer_right(struct cache *cache, const struct message *message)
{
	answer(cache, message);
}

/* Serves until the task ends. Returns its status, or -ETIMEDOUT when nothing was asked for that long and it did not end. */
int finish(struct cache *cache, struct task *task)
{
	return answer_until_ends(cache, task, answer_right);
}
