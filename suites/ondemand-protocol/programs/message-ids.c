// SPDX-License-Identifier: GPL-2.0-only
/* An answer is for one request, by its id, its kind and its object; what fits none changes nothing, and the request stays pending. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "protocol.h"

/* A page of `image` is read, and the READ for it is in hand. */
static bool read_in_hand(struct cache *cache, struct task *reader, struct message *message, const char *image, off_t page)
{
	*reader = reader_start(image, page);
	return expect(cache, message, CACHEFILES_OP_READ, "a READ is in hand");
}

static void is_still_pending(struct cache *cache, struct task *reader, const struct message *message)
{
	const struct object *object = object_of(cache, message->head.object_id);

	check(task_runs(reader), "the reader still waits");
	check_result(fill(cache, message), 0, "its page is written");
	check_result(object ? cread(object->fd, message->head.msg_id) : -ENOENT, 0, "the READ is still pending, and completed");
	check_result(finish(cache, reader), 0, "the reader ends with the right bytes");
}

static void read_by_copen(struct cache *cache)
{
	struct message message;
	struct task reader;

	if (!cache_mount(cache, "a") || !read_in_hand(cache, &reader, &message, "a", 1))
		return;
	check_result(copen(cache, message.head.msg_id, "4096"), -EINVAL, "copen of a READ");
	check_result(copen(cache, message.head.msg_id, "-5"), -EINVAL, "copen of a READ with an error");
	is_still_pending(cache, &reader, &message);
}

static void read_by_other_object(struct cache *cache)
{
	struct message message;
	struct object *other;
	struct task reader;

	if (!cache_mount(cache, "a") || !cache_mount(cache, "b") || !read_in_hand(cache, &reader, &message, "a", 1))
		return;
	other = object_named(cache, "b.blob");
	check_result(cread(other->fd, message.head.msg_id), -EINVAL, "READ_COMPLETE through the fd of another file");
	other = object_named(cache, "a.erofs");
	check_result(cread(other->fd, message.head.msg_id), -EINVAL, "and of another file of the same image");
	is_still_pending(cache, &reader, &message);
}

static void open_by_cread(struct cache *cache)
{
	struct message message;
	struct object *object;
	struct task mounter;

	if (!cache_mount(cache, "a"))
		return;
	mounter = cache_mount_start(cache, "b", "b");
	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	check_result(cread(object_named(cache, "a.blob")->fd, message.head.msg_id), -EINVAL, "READ_COMPLETE of an OPEN through another's fd");
	check_result(cread((int)open_of(&message)->fd, message.head.msg_id), -EINVAL, "and through its own");
	check(task_runs(&mounter), "the mount still waits");
	check_result(answer(cache, &message), 0, "the OPEN is still pending, and completed");
	object = object_of(cache, message.head.object_id);
	check_result(object ? copen(cache, message.head.msg_id, "4096") : -ENOENT, -EINVAL, "once");
	check_result(finish(cache, &mounter), 0, "the mount succeeds");
}

/* Ids are given out one after the other, so the next one can be guessed. */
static void open_not_taken(struct cache *cache)
{
	struct message message;
	struct task reader;
	struct task mounter;
	uint32_t guess;

	if (!cache_mount(cache, "a") || !read_in_hand(cache, &reader, &message, "a", 1))
		return;
	guess = message.head.msg_id + 1;
	is_still_pending(cache, &reader, &message);
	mounter = cache_mount_start(cache, "b", "b");
	check(device_poll(cache->device, deadline_ms(PATIENCE)) != 0, "an OPEN is to be had");
	check_result(copen(cache, guess, "4096"), -EINVAL, "copen of an OPEN that was not taken");
	check_result(copen(cache, guess, "-2"), -EINVAL, "copen of it with an error");
	if (expect(cache, &message, CACHEFILES_OP_OPEN, "the OPEN is still there to be taken")) {
		check_result(message.head.msg_id, guess, "the id was guessed right");
		evidence("guessed", message.head.msg_id == guess);
		check_result(answer(cache, &message), 0, "the OPEN is completed");
	}
	check_result(finish(cache, &mounter), 0, "the mount succeeds");
}

static void answered_twice(struct cache *cache)
{
	struct message message;
	struct task reader;
	int fd;

	if (!cache_mount(cache, "a") || !read_in_hand(cache, &reader, &message, "a", 1))
		return;
	is_still_pending(cache, &reader, &message);
	fd = object_of(cache, message.head.object_id)->fd;
	check_result(cread(fd, message.head.msg_id), -EINVAL, "READ_COMPLETE a second time");
	check_result(cread(fd, message.head.msg_id + 1), -EINVAL, "of the id that comes next");
	check_result(cread(fd, 0xffffffffUL), -EINVAL, "of the largest id");
	check_result(cread(fd, 1UL << 40), -EINVAL, "of an id that none can have");
	check_result(cread(fd, ~0UL), -EINVAL, "of -1");
}

static void close_needs_no_answer(struct cache *cache)
{
	struct message message;
	int fd;

	if (!cache_mount(cache, "a"))
		return;
	cache_unmount(cache, "a");
	if (!expect(cache, &message, CACHEFILES_OP_CLOSE, "a CLOSE comes"))
		return;
	check_result(message.head.len, sizeof(message.head), "it is a header and no more");
	check(object_of(cache, message.head.object_id) != NULL, "of an object that was opened");
	fd = object_of(cache, message.head.object_id)->fd;
	check_result(copen(cache, message.head.msg_id, "0"), -EINVAL, "copen of a CLOSE");
	check_result(cread(fd, message.head.msg_id), -EINVAL, "READ_COMPLETE of a CLOSE");
	answer(cache, &message);
}

/* All at once, each with an id of its own, completed last first. */
static void many(struct cache *cache)
{
	enum { READERS = 16 };
	struct message messages[READERS];
	struct task readers[READERS];
	int right = 0;
	int unique = 0;

	if (!cache_mount(cache, "a"))
		return;
	for (int i = 0; i < READERS; i++)
		readers[i] = reader_start("a", i);
	for (int i = 0; i < READERS; i++) {
		int before = 0;

		if (!expect(cache, &messages[i], CACHEFILES_OP_READ, "one more READ"))
			return;
		for (int j = 0; j < i; j++)
			before += messages[j].head.msg_id == messages[i].head.msg_id || read_of(&messages[j])->off == read_of(&messages[i])->off;
		unique += before == 0;
	}
	check_result(unique, READERS, "no id and no range comes twice");
	for (int i = READERS; i-- > 0;)
		answer(cache, &messages[i]);
	for (int i = 0; i < READERS; i++)
		right += finish(cache, &readers[i]) == 0;
	check_result(right, READERS, "answered last first, every reader has the right bytes");
}

static int empty_answers;

static void answer_empty(struct cache *cache, const struct message *message)
{
	const struct object *object = object_of(cache, message->head.object_id);

	empty_answers += object && cread(object->fd, message->head.msg_id) == 0;
}

/* READ_COMPLETE without the data leaves a hole, and who reads it gets an error, not zeroes. Readahead asks, then reading the page itself. */
static void nothing_written(struct cache *cache)
{
	struct task reader;

	if (!cache_mount(cache, "a"))
		return;
	reader = reader_start("a", 1);
	check_result(answer_until_ends(cache, &reader, answer_empty), EIO, "the reader gets an error");
	check(empty_answers > 0, "after an answer without data");
	reader = reader_start("a", 1);
	check_result(finish(cache, &reader), 0, "the next one, served, gets the right bytes");
}

static const struct test tests[] = {
	{ "a READ is not completed by copen", read_by_copen, false },
	{ "a READ is not completed through the fd of another object", read_by_other_object, false },
	{ "an OPEN is not completed by READ_COMPLETE", open_by_cread, false },
	{ "an OPEN that was not taken is not completed", open_not_taken, false },
	{ "a request is completed once", answered_twice, false },
	{ "a CLOSE has no answer", close_needs_no_answer, false },
	{ "pending requests have different ids, and any order of answers will do", many, false },
	{ "a READ completed without its data is an error for the reader", nothing_written, false },
};

const struct group message_ids_group = GROUP("message-ids", tests);
