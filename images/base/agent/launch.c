// SPDX-License-Identifier: GPL-2.0-only
/* Starts a child with its pipes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent.h"

struct pipes {
	int in[2], out[2], err[2], failure[2], orders[2];
};

static void reset_child(int in, int output, int error)
{
	sigset_t none;
	int fd;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "0", 1) == 1)
		close(fd);
	/* The pipes come from pipe2, and 0, 1, 2 are open in the agent: none of these is below 3. */
	dup2(in, 0);
	dup2(output, 1);
	dup2(error, 2);
}

static void close_pipes(struct pipes *pipes)
{
	for (int *fd = (int *)pipes; fd < (int *)(pipes + 1); fd++)
		shut_fd(fd);
}

static bool open_pipes(struct pipes *pipes, enum kind kind, bool has_in, bool has_err)
{
	memset(pipes, -1, sizeof(*pipes));
	if (!has_in)
		pipes->in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if ((has_in ? pipe2(pipes->in, O_CLOEXEC) : pipes->in[0] < 0) || pipe2(pipes->out, O_CLOEXEC) ||
	    (has_err && pipe2(pipes->err, O_CLOEXEC)) || pipe2(pipes->failure, O_CLOEXEC) ||
	    (kind == SPARE && pipe2(pipes->orders, O_CLOEXEC))) {
		int error = errno;

		close_pipes(pipes);
		errno = error;
		return false;
	}
	return true;
}

/* Forks a job; returns NULL with errno in the agent on failure, and in the child with child->is_here set. */
struct job *launch(enum kind kind, uint32_t id, bool has_in, bool has_err, struct child *child)
{
	struct job *job = find(id) ? (errno = EEXIST, NULL) : take_slot();
	struct pipes pipes;
	pid_t pid;

	child->is_here = false;
	if (!job || !open_pipes(&pipes, kind, has_in, has_err))
		return NULL;
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close_pipes(&pipes);
		errno = error;
		return NULL;
	}
	if (pid == 0) {
		*child = (struct child){ true, pipes.failure[1], pipes.orders[0] };
		reset_child(pipes.in[0], pipes.out[1], has_err ? pipes.err[1] : pipes.out[1]);
		return NULL;
	}
	*job = (struct job){ .kind = kind, .id = id, .pid = pid, .failure_fd = pipes.failure[0], .orders_fd = pipes.orders[1] };
	fcntl(job->failure_fd, F_SETFL, O_NONBLOCK);
	job->to_child.fd = job->out.fd = job->err.fd = -1;
	if (has_in)
		watch(&job->to_child, pipes.in[1], EPOLLOUT);
	watch(&job->out, pipes.out[0], EPOLLIN);
	if (has_err)
		watch(&job->err, pipes.err[0], EPOLLIN);
	pipes.in[1] = pipes.out[0] = pipes.err[0] = pipes.failure[0] = pipes.orders[1] = -1;
	close_pipes(&pipes);
	return job;
}
