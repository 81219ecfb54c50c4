// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child made before it is needed: it sleeps with all its pipes until it is told what to become. It is part of a template, so
 * that a clone's first program costs no fork. Under TCG everything runs for the first time in a clone, and is translated first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "agent.h"

/* Of an EXEC's payload: fits into an empty pipe, so that giving it never blocks. */
#define LARGEST_ORDER (32 * 1024)

static struct job *spare;

static bool read_whole(int fd, void *data, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = read(fd, (char *)data + done, length - done);

		if (n <= 0)
			return false;
		done += n;
	}
	return true;
}

/* In the child; it ends with the agent. */
static _Noreturn void wait_for_order(const struct child *child)
{
	static unsigned char payload[LARGEST_ORDER];
	static struct command command;
	uint32_t length;
	int nothing;

	/* The agent's ports must close when the agent ends. 3 and 4 are the agent's own, so neither of these two is. */
	if (dup3(child->orders, 3, O_CLOEXEC) < 0 || dup3(child->failure, 4, O_CLOEXEC) < 0 || close_range(5, ~0U, 0))
		_exit(1);
	nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (!read_whole(3, &length, sizeof(length)) || !read_whole(3, payload, length) || !parse(&command, payload, length))
		_exit(0);
	if (!(command.flags & HAS_STDIN))
		dup2(nothing, 0);
	if (command.flags & MERGE_STDERR)
		dup2(1, 2);
	become(&command, 4);
}

/* Unless there is one; false with errno when there can be none. */
bool keep_spare(void)
{
	struct child child;

	if (!spare)
		spare = launch(SPARE, 0, true, true, &child);
	if (!spare && child.is_here)
		wait_for_order(&child);
	return spare;
}

/* `job` is used, or somebody in the guest killed it. */
void forget_spare(const struct job *job)
{
	if (spare == job)
		spare = NULL;
}

/* The spare child as the job of an EXEC; NULL when there is none that could take it. */
struct job *use_spare(uint32_t id, uint32_t flags, const unsigned char *payload, uint32_t length)
{
	struct job *job = spare;

	if (!job || length > LARGEST_ORDER || find(id))
		return NULL;
	if (write(job->orders_fd, &length, sizeof(length)) != sizeof(length) || write(job->orders_fd, payload, length) != (ssize_t)length) {
		orphan(job);
		return NULL;
	}
	forget_spare(job);
	shut_fd(&job->orders_fd);
	if (!(flags & HAS_STDIN))
		shut(&job->to_child);
	job->kind = RUN;
	job->id = id;
	return job;
}
