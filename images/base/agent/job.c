// SPDX-License-Identifier: GPL-2.0-only
/* The table of jobs and their end: what was asked for and runs in a child. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

struct job jobs[MAX_JOBS];
int poller;

/* Events carry the address of the `struct stream` whose readiness changed. */
bool watch(struct stream *stream, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events | EPOLLET, .data.ptr = stream };

	*stream = (struct stream){ fd, true };
	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 && epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0;
}

void shut(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	*stream = (struct stream){ -1, false };
}

void shut_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

struct job *find(uint32_t id)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if ((job->kind == RUN || job->kind == SAVE || job->kind == LOAD) && job->id == id)
			return job;
	return NULL;
}

void clear(struct job *job)
{
	*job = (struct job){ .kind = NONE, .to_child.fd = -1, .out.fd = -1, .err.fd = -1, .failure_fd = -1, .orders_fd = -1 };
}

void release(struct job *job)
{
	shut(&job->to_child);
	shut(&job->out);
	shut(&job->err);
	shut_fd(&job->failure_fd);
	shut_fd(&job->orders_fd);
	free(job->in.data);
	clear(job);
}

struct job *take_slot(void)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->kind == NONE)
			return job;
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->kind == ORPHAN) {
			release(job);
			return job;
		}
	errno = EAGAIN;
	return NULL;
}

/* A daemon may keep the pipes of the program that started it: they are read and thrown away, so that it never gets SIGPIPE. */
void orphan(struct job *job)
{
	shut(&job->to_child);
	shut_fd(&job->failure_fd);
	shut_fd(&job->orders_fd);
	forget_spare(job);
	job->kind = ORPHAN;
	if (job->out.fd < 0 && job->err.fd < 0)
		release(job);
}

/* The whole process group; the leader alone while it has not come to its setsid. */
void signal_job(const struct job *job, int number)
{
	if (!job->reaped && kill(-job->pid, number) && errno == ESRCH)
		kill(job->pid, number);
}

void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
			if (job->kind != NONE && job->pid == pid && !job->reaped) {
				job->reaped = true;
				job->status = status;
				/* What it wrote before it ended is still in its pipes. */
				job->out.ready = job->out.fd >= 0;
				job->err.ready = job->err.fd >= 0;
				if (job->kind == SPARE)
					orphan(job);
			}
}

void end_session(void)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++) {
		if (job->kind == NONE || job->kind == SPARE || job->kind == ORPHAN)
			continue;
		signal_job(job, SIGKILL);
		orphan(job);
	}
	out.used = 0;
}
