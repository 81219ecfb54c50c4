// SPDX-License-Identifier: GPL-2.0-only
/* Moves the bytes of jobs between their pipes and the host, as far as there is room. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

#define CHUNK (32 * 1024)

static bool pump_in(struct job *job)
{
	unsigned char taken[4];
	bool blocked;
	size_t moved;

	if (job->to_child.fd < 0 || room(&out) < RESERVE)
		return false;
	moved = job->to_child.ready && job->in.used ? ring_drain(&job->in, job->to_child.fd, &blocked) : 0;
	if (moved) {
		job->to_child.ready = !blocked;
		put32(taken, moved);
		send_frame(TAKEN, job->id, taken, 4);
	} else if (job->in.used) {
		job->to_child.ready = false;
	}
	if (job->in_ended && !job->in.used)
		shut(&job->to_child);
	return moved > 0;
}

static bool pump_out(struct job *job, struct stream *stream, uint8_t type)
{
	static unsigned char buffer[CHUNK];
	bool to_results = job->to_results && type == STDOUT;
	size_t free_bytes = to_results ? room(&results) : room(&out);
	ssize_t n;

	if (!stream->ready || (job->kind != ORPHAN && free_bytes < RESERVE + HEADER + CHUNK))
		return false;
	n = read(stream->fd, buffer, CHUNK);
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		stream->ready = false;
		return false;
	}
	if (n == 0) {
		shut(stream);
		return true;
	}
	if (job->kind == ORPHAN)
		return true;
	if (to_results) {
		ring_put(&results, buffer, n);
		job->results_bytes += n;
	} else {
		send_frame(type, job->id, buffer, n);
	}
	return true;
}

static void answer_exit(struct job *job)
{
	unsigned char payload[16];
	int code = WIFEXITED(job->status) ? WEXITSTATUS(job->status) : -1;
	int error;

	if (job->kind != RUN) {
		if (code == 0)
			send_frame(job->kind == SAVE ? OK : DATA, job->id, NULL, 0);
		else
			send_error(job->id, code < 0 ? EINTR : code, "%s", code < 0 ? "killed" : strerror(code));
		return;
	}
	if (read(job->failure_fd, &error, sizeof(error)) == sizeof(error)) {
		send_error(job->id, error, "%s", strerror(error));
		return;
	}
	put32(payload, code);
	put32(payload + 4, WIFSIGNALED(job->status) ? WTERMSIG(job->status) : 0);
	put64(payload + 8, job->results_bytes);
	send_frame(EXIT, job->id, payload, sizeof(payload));
}

bool pump_job(struct job *job)
{
	bool moved;

	if (job->kind == NONE)
		return false;
	moved = pump_in(job);
	moved |= pump_out(job, &job->out, job->kind == LOAD ? DATA : STDOUT);
	moved |= pump_out(job, &job->err, STDERR);
	if (job->kind == ORPHAN) {
		if (job->out.fd < 0 && job->err.fd < 0)
			release(job);
	} else if (job->reaped && !job->out.ready && !job->err.ready && room(&out) >= RESERVE) {
		answer_exit(job);
		orphan(job);
		moved = true;
	}
	return moved;
}
