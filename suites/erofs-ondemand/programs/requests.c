// SPDX-License-Identifier: GPL-2.0-only
/* A request's way from the device to its answer, in steps. Between two steps it stands at a state, where an order may say what happens. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ondemandd.h"

/* No request is ever so far ahead of the one it stands for. */
#define FOREIGN_DISTANCE 1000000U

static const struct cachefiles_msg *message(const struct request *request)
{
	return (const void *)request->buffer;
}

static bool takes_lie(struct request *request, enum action lie)
{
	bool is_asked = request->lies & (1U << lie);

	request->lies &= ~(1U << lie);
	if (is_asked)
		request->image->counts.lies++;
	return is_asked;
}

/* Answers an OPEN: `size` is the size of the cache file, or a negative error number. Returns 0, or -1 with errno. */
static int complete_open(const struct daemon *daemon, uint32_t msg_id, int64_t size)
{
	char command[64];
	int length = snprintf(command, sizeof(command), "copen %u,%" PRId64, msg_id, size);

	return write(daemon->device, command, (size_t)length) == length ? 0 : -1;
}

static int complete_read(const struct object *object, uint32_t msg_id)
{
	return ioctl(object->fd, CACHEFILES_IOC_READ_COMPLETE, (unsigned long)msg_id) < 0 ? -1 : 0;
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

static int answer_open(struct daemon *daemon, struct request *request)
{
	const struct cachefiles_msg *msg = message(request);
	const struct cachefiles_open *open = (const void *)msg->data;
	struct image *image = request->image;
	int64_t size = image ? image->size : 0;
	struct object *object;

	if (!image || image->fd < 0 || daemon->object_count == MAX_OBJECTS || takes_lie(request, REFUSE)) {
		if (image)
			image->counts.refused++;
		if (!image || daemon->object_count == MAX_OBJECTS)
			complain("OPEN %u refused: no image for it", msg->msg_id);
		complete_open(daemon, msg->msg_id, image && image->fd >= 0 ? -EIO : -ENOENT);
		close((int)open->fd);
		return -1;
	}
	object = object_add(daemon, msg->object_id, (int)open->fd, image);
	if (takes_lie(request, FOREIGN) && complete_open(daemon, msg->msg_id + FOREIGN_DISTANCE, size) < 0)
		image->counts.rejected++;
	if (takes_lie(request, SHORT))
		size /= 2;
	if (takes_lie(request, WRONG))
		size *= 2;
	if (complete_open(daemon, msg->msg_id, size) < 0) {
		complain("OPEN %u of %s could not be answered: %s", msg->msg_id, image->key, strerror(errno));
		image->counts.failures++;
		/* Its object was dropped meanwhile, and the fd that came with the request is all that keeps the cookie. */
		object_forget(daemon, object);
		return -1;
	}
	if (takes_lie(request, TWICE) && complete_open(daemon, msg->msg_id, size) < 0)
		image->counts.rejected++;
	if (daemon->keeps_objects) {
		char what[LINE_SIZE];

		/* Not before the answer: asked again for an OPEN whose first fd lives, the kernel fails it with EEXIST. */
		snprintf(what, sizeof(what), "object %" PRIu32 " %s", msg->object_id, image->key);
		keeper_keep(daemon, what, (int)open->fd);
	}
	return 0;
}

static int fill(struct daemon *daemon, struct request *request)
{
	const struct cachefiles_msg *msg = message(request);
	const struct cachefiles_read *read = (const void *)msg->data;
	const struct object *object = object_find(daemon, msg->object_id);
	unsigned int lies = 0;

	if (!object) {
		complain("READ %u of object %d, which is not open", msg->msg_id, (int)msg->object_id);
		(request->image ? &request->image->counts : &daemon->nobodys)->failures++;
		return -1;
	}
	request->image = object->image;
	for (enum action lie = SHORT; lie <= MISPLACED; lie++)
		if (takes_lie(request, lie))
			lies |= 1U << lie;
	if (image_copy(object->image, object->fd, (off_t)read->off, read->len, lies) < 0)
		object->image->counts.failures++;
	return 0;
}

static int answer_read(struct daemon *daemon, struct request *request)
{
	const struct cachefiles_msg *msg = message(request);
	const struct object *object = object_find(daemon, msg->object_id);

	if (!object) {
		complain("READ %u: object %d was closed before the answer", msg->msg_id, (int)msg->object_id);
		return -1;
	}
	if (takes_lie(request, FOREIGN) && complete_read(object, msg->msg_id + FOREIGN_DISTANCE) < 0)
		object->image->counts.rejected++;
	if (complete_read(object, msg->msg_id) < 0) {
		complain("READ %u of object %u could not be completed: %s", msg->msg_id, object->id, strerror(errno));
		object->image->counts.failures++;
	}
	if (takes_lie(request, TWICE) && complete_read(object, msg->msg_id) < 0)
		object->image->counts.rejected++;
	return 0;
}

static int close_object(struct daemon *daemon, struct request *request)
{
	struct object *object = object_find(daemon, message(request)->object_id);

	if (!object) {
		complain("CLOSE of object %d, which is not open", (int)message(request)->object_id);
		return -1;
	}
	object_forget(daemon, object);
	/* Counted last: who waits for the count may then unbind the cache. */
	request->image->counts.closes++;
	return 0;
}

static int end(struct daemon *daemon, struct request *request)
{
	(void)daemon;
	(void)request;
	return -1;
}

static const struct step open_steps[] = { { AFTER_TAKE, NULL }, { BEFORE_OPEN, answer_open }, { AFTER_OPEN, end } };
static const struct step read_steps[] = { { AFTER_TAKE, NULL }, { BEFORE_FILL, fill }, { BEFORE_READ, answer_read }, { AFTER_READ, end } };
static const struct step close_steps[] = { { AFTER_TAKE, NULL }, { BEFORE_CLOSE, close_object }, { AFTER_CLOSE, end } };

/* Finds out what was taken: the image it is of, and the way it goes. */
static int recognise(struct daemon *daemon, struct request *request)
{
	const struct cachefiles_msg *msg = message(request);
	const struct object *object = msg->opcode == CACHEFILES_OP_OPEN ? NULL : object_find(daemon, msg->object_id);

	if (object)
		request->image = object->image;
	switch (msg->opcode) {
	case CACHEFILES_OP_OPEN:
		request->image = image_of_open(daemon, (const void *)msg->data);
		request->step = open_steps;
		if (request->image)
			request->image->counts.opens++;
		return 0;
	case CACHEFILES_OP_READ:
		request->step = read_steps;
		if (request->image) {
			request->image->counts.reads++;
			request->image->counts.read_bytes += ((const struct cachefiles_read *)msg->data)->len;
		}
		return 0;
	case CACHEFILES_OP_CLOSE: request->step = close_steps; return 0;
	default: complain("request %u has opcode %u, which is not known", msg->msg_id, msg->opcode); return -1;
	}
}

/* The kernel gives one request per read, and 0 bytes when none is left. */
static int take(struct daemon *daemon, struct request *request)
{
	ssize_t length = read(daemon->device, request->buffer, sizeof(request->buffer));

	if (length == 0)
		daemon->spurious++;
	if (length > 0 && length >= (ssize_t)sizeof(struct cachefiles_msg))
		return recognise(daemon, request);
	if (length != 0 && !(length < 0 && errno == EINTR)) {
		complain("reading a request: %s", length < 0 ? strerror(errno) : "shorter than its header");
		daemon->nobodys.failures++;
	}
	return -1;
}

static const struct step take_steps[] = { { BEFORE_TAKE, take } };

static void hold(struct request *request, const struct order *order)
{
	request->held_by = order->id;
	request->stops_device = order->action == HOLD;
}

/* Does what the order says. Returns false when the request goes no further now. */
static bool carry_out(struct daemon *daemon, struct request *request, const struct order *order)
{
	struct object *object;

	switch (order->action) {
	case HOLD:
	case DEFER: hold(request, order); return false;
	case DROP: request->is_used = false; return false;
	case KILL: kill(getpid(), SIGKILL); return false;
	case STOP: raise(SIGSTOP); return true;
	case CLOSE_DEVICE:
		close(daemon->device);
		daemon->device = -1;
		return true;
	case CLOSE_FD:
		object = object_find(daemon, message(request)->object_id);
		if (object)
			object_forget(daemon, object);
		return true;
	default: request->lies |= 1U << order->action; return true;
	}
}

/* Does the work of the step the request stands at, and goes on until an order stops it or it is over. */
static void advance(struct daemon *daemon, struct request *request)
{
	for (;;) {
		const struct step *step = request->step++;
		const struct order *order;

		if (step->work && step->work(daemon, request) < 0) {
			request->is_used = false;
			return;
		}
		order = orders_fire(daemon, request->step->state, request);
		if (order && !carry_out(daemon, request, order))
			return;
	}
}

/* Begins a request, for the device has one. Returns -1 when there is no room for it. */
int requests_serve(struct daemon *daemon)
{
	for (size_t i = 0; i < MAX_REQUESTS; i++) {
		struct request *request = &daemon->requests[i];
		const struct order *order;

		if (request->is_used)
			continue;
		*request = (struct request){ .step = take_steps, .is_used = true };
		order = orders_fire(daemon, BEFORE_TAKE, request);
		if (!order || carry_out(daemon, request, order))
			advance(daemon, request);
		return 0;
	}
	complain("more than %d requests are put aside", MAX_REQUESTS);
	return -1;
}

bool requests_stop_device(const struct daemon *daemon)
{
	for (size_t i = 0; i < MAX_REQUESTS; i++)
		if (daemon->requests[i].is_used && daemon->requests[i].stops_device)
			return true;
	return false;
}

/* Lets go of what that order holds, and returns how many requests that were. */
size_t requests_release(void *context, unsigned int order)
{
	struct daemon *daemon = context;
	size_t count = 0;

	for (size_t i = 0; i < MAX_REQUESTS; i++) {
		struct request *request = &daemon->requests[i];

		if (!request->is_used || request->held_by != order)
			continue;
		request->held_by = 0;
		request->stops_device = false;
		count++;
		advance(daemon, request);
	}
	return count;
}
