// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest agent: runs programs and moves files for the host over a byte stream of frames.
 *
 * It only moves bytes. Whatever may block (a program, a file read or written) is done by a child, so that a silent agent
 * means a dead kernel and nothing else. One epoll loop, all descriptors edge-triggered: a virtio port whose host is away
 * reports POLLHUP for ever, and an edge says it once.
 *
 * Frame: u32 payload length, u32 request id, u8 type, 3 zero bytes, payload; little endian.
 *
 * as PID 1                                sets the guest up first, and goes on in a child
 * agent                                   ports crucible.agent and crucible.results, waited for
 * agent --fd N [--results-fd M]           descriptors that are open already (tests on the host); ends with the peer
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agent.h"

struct ring results;
struct stream port = { -1, false }, results_port = { -1, false };
bool connected, is_hung_up, is_socket, is_serial;
static bool port_writable;

static void protect(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "-1000", 5) == 5)
		close(fd);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	/* Daemons whose parents are gone are reaped here. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void open_channels(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--fd"))
			port.fd = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--results-fd"))
			results_port.fd = atoi(argv[i + 1]);
	}
	is_socket = port.fd >= 0;
	if (!is_socket) {
		protect();
		is_serial = wait_for_ports();
		port.fd = open_port("crucible.agent");
		results_port.fd = open_port("crucible.results");
	}
	fcntl(port.fd, F_SETFD, FD_CLOEXEC);
	if (!watch(&port, port.fd, EPOLLIN | EPOLLOUT))
		die("agent port");
	if (results_port.fd >= 0) {
		fcntl(results_port.fd, F_SETFD, FD_CLOEXEC);
		if (!watch(&results_port, results_port.fd, EPOLLOUT))
			die("results port");
	}
}

static void on_event(const struct epoll_event *event, int children)
{
	struct stream *stream = event->data.ptr;

	if (!stream) {
		struct signalfd_siginfo info;

		while (read(children, &info, sizeof(info)) > 0)
			;
		reap();
		return;
	}
	stream->ready = stream->fd >= 0;
	if (stream != &port)
		return;
	port_writable = true;
	if (event->events & EPOLLHUP && !is_socket)
		lose_host();
	else
		connected = true;
}

static bool service(void)
{
	bool blocked, moved = false;

	if (connected) {
		moved |= read_port();
		moved |= handle_frames();
		/* After them: a START throws away what was to be said. */
		if (is_serial)
			moved |= tell_seen();
		if (is_hung_up && is_socket) {
			end_session();
			_exit(0);
		}
		if (is_hung_up)
			lose_host();
	}
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		moved |= pump_job(job);
	if (connected && port_writable) {
		moved |= ring_drain(&out, port.fd, &blocked) > 0;
		port_writable = !blocked;
	}
	if (results_port.ready) {
		moved |= ring_drain(&results, results_port.fd, &blocked) > 0;
		results_port.ready = !blocked;
	} else if (results_port.fd < 0) {
		results.used = 0;
	}
	return moved;
}

int main(int argc, char **argv)
{
	struct epoll_event events[32], children_event = { .events = EPOLLIN };
	sigset_t child_signal;
	int children;

	if (getpid() == 1)
		begin_guest();
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		clear(job);
	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_signal, NULL);
	signal(SIGPIPE, SIG_IGN);
	children = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (children < 0 || poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, children, &children_event))
		die("set-up");
	if (!ring_alloc(&out, OUT_SIZE) || !ring_alloc(&results, OUT_SIZE))
		die("memory");
	open_channels(argc, argv);
	for (bool moved = true;;) {
		int count = epoll_wait(poller, events, 32, moved ? 0 : -1);

		for (int i = 0; i < count; i++)
			on_event(&events[i], children);
		moved = service();
	}
}
