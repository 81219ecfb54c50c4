// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's side of the daemon: /dev/cachefiles and the requests that come out of it (caching/cachefiles.rst, "On-demand Read"). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/cachefiles.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ondemandd.h"

static int tell(int device, const char *command)
{
	size_t length = strlen(command);

	if (write(device, command, length) != (ssize_t)length) {
		complain("/dev/cachefiles refused '%s': %s", command, strerror(errno));
		return -1;
	}
	return 0;
}

int device_bind(struct daemon *daemon, const char *cache_dir, const char *tag)
{
	char command[LINE_SIZE];

	daemon->device = open("/dev/cachefiles", O_RDWR | O_CLOEXEC);
	if (daemon->device < 0) {
		complain("cannot open /dev/cachefiles: %s", strerror(errno));
		return -1;
	}
	snprintf(command, sizeof(command), "dir %s", cache_dir);
	if (tell(daemon->device, command) < 0)
		return -1;
	snprintf(command, sizeof(command), "tag %s", tag);
	if (tell(daemon->device, command) < 0)
		return -1;
	return tell(daemon->device, "bind ondemand");
}

static struct object *find_object(struct daemon *daemon, uint32_t id)
{
	for (size_t i = 0; i < daemon->object_count; i++)
		if (daemon->objects[i].id == id)
			return &daemon->objects[i];
	return NULL;
}

static void forget_object(struct daemon *daemon, struct object *object)
{
	close(object->fd);
	*object = daemon->objects[--daemon->object_count];
}

/* Answers an OPEN: `size` is the size of the cache file, or a negative error number. */
static int answer_open(const struct daemon *daemon, uint32_t msg_id, int64_t size)
{
	char command[64];

	snprintf(command, sizeof(command), "copen %u,%" PRId64, msg_id, size);
	return tell(daemon->device, command);
}

static int answer_read(const struct object *object, uint32_t msg_id)
{
	if (ioctl(object->fd, CACHEFILES_IOC_READ_COMPLETE, (unsigned long)msg_id) < 0) {
		complain("READ %u of object %u could not be completed: %s", msg_id, object->id, strerror(errno));
		return -1;
	}
	return 0;
}

/* Which image an OPEN asks for, or NULL: the cookie key is raw bytes after the volume key, and must be a plain file name. */
static struct image *image_of_open(struct daemon *daemon, const struct cachefiles_open *open)
{
	char key[KEY_SIZE];

	if (open->cookie_key_size >= sizeof(key))
		return NULL;
	memcpy(key, open->data + open->volume_key_size, open->cookie_key_size);
	key[open->cookie_key_size] = '\0';
	if (strlen(key) != open->cookie_key_size)
		return NULL;
	return image_open(daemon, key);
}

static void serve_open(struct daemon *daemon, const struct cachefiles_msg *msg)
{
	const struct cachefiles_open *open = (const void *)msg->data;
	struct image *image = image_of_open(daemon, open);

	if (!image || daemon->object_count == MAX_OBJECTS) {
		complain("OPEN %u refused: no image for it", msg->msg_id);
		if (image)
			image->counts.refused++;
		answer_open(daemon, msg->msg_id, image ? -ENFILE : -ENOENT);
		close(open->fd);
		return;
	}
	image->counts.opens++;
	if (image->fd < 0) {
		image->counts.refused++;
		answer_open(daemon, msg->msg_id, -ENOENT);
		close(open->fd);
		return;
	}
	daemon->objects[daemon->object_count++] = (struct object){ .id = msg->object_id, .fd = open->fd, .image = image };
	if (answer_open(daemon, msg->msg_id, image->size) < 0)
		image->counts.failures++;
}

static void serve_read(struct daemon *daemon, const struct cachefiles_msg *msg)
{
	const struct cachefiles_read *read = (const void *)msg->data;
	struct object *object = find_object(daemon, msg->object_id);

	if (!object) {
		complain("READ %u of object %u, which is not open", msg->msg_id, msg->object_id);
		return;
	}
	object->image->counts.reads++;
	object->image->counts.read_bytes += read->len;
	if (image_copy(object->image, object->fd, (off_t)read->off, read->len) < 0)
		object->image->counts.failures++;
	if (answer_read(object, msg->msg_id) < 0)
		object->image->counts.failures++;
}

static void serve_close(struct daemon *daemon, const struct cachefiles_msg *msg)
{
	struct object *object = find_object(daemon, msg->object_id);

	if (!object) {
		complain("CLOSE of object %u, which is not open", msg->object_id);
		return;
	}
	object->image->counts.closes++;
	forget_object(daemon, object);
}

/* Takes one request and answers it. The kernel gives one request per read, and 0 bytes when none is left. */
int device_serve(struct daemon *daemon)
{
	_Alignas(struct cachefiles_msg) char buffer[CACHEFILES_MSG_MAX_SIZE];
	const struct cachefiles_msg *msg = (const void *)buffer;
	ssize_t length = read(daemon->device, buffer, sizeof(buffer));

	if (length == 0)
		return 0;
	if (length < (ssize_t)sizeof(*msg)) {
		complain("reading a request: %s", length < 0 ? strerror(errno) : "shorter than its header");
		return errno == EINTR ? 0 : -1;
	}
	switch (msg->opcode) {
	case CACHEFILES_OP_OPEN: serve_open(daemon, msg); return 0;
	case CACHEFILES_OP_READ: serve_read(daemon, msg); return 0;
	case CACHEFILES_OP_CLOSE: serve_close(daemon, msg); return 0;
	default: complain("request %u has opcode %u, which is not known", msg->msg_id, msg->opcode); return -1;
	}
}

/* The device goes first: an object whose last anonymous fd closes while the cache is alive may be opened again. */
void device_close(struct daemon *daemon)
{
	if (daemon->device >= 0)
		close(daemon->device);
	daemon->device = -1;
	while (daemon->object_count > 0)
		forget_object(daemon, &daemon->objects[daemon->object_count - 1]);
}
