// SPDX-License-Identifier: GPL-2.0-only
/* Reads the port, cuts it into frames and does what they ask. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

static unsigned char inbox[HEADER + WINDOW];
static size_t inbox_used, skip;
static uint32_t seen;

static void feed(struct job *job, const unsigned char *data, size_t length)
{
	if (!job || job->to_child.fd < 0 || job->in_ended)
		return;
	if (length == 0) {
		job->in_ended = true;
		return;
	}
	if ((!job->in.data && !ring_alloc(&job->in, WINDOW)) || room(&job->in) < length) {
		/* The host went over its window. */
		signal_job(job, SIGKILL);
		job->in_ended = true;
		return;
	}
	ring_put(&job->in, data, length);
}

static void handle(uint8_t type, uint32_t id, unsigned char *payload, size_t length)
{
	struct job *job;

	switch (type) {
	case START:
		/* A new host; the old one may have been away too briefly to be missed. */
		end_session();
		rehearse();
		renew(payload, length);
		send_hello();
		break;
	case PING: {
		struct timespec now;
		unsigned char uptime[8];

		clock_gettime(CLOCK_BOOTTIME, &now);
		put64(uptime, now.tv_sec * 1000000000ull + now.tv_nsec);
		send_frame(PONG, id, uptime, 8);
		break;
	}
	case EXEC:
		start_exec(id, payload, length);
		break;
	case STDIN:
	case PUSH_DATA:
		feed(find(id), payload, length);
		break;
	case SIGNAL:
		job = find(id);
		/* Not there any more: its EXIT is under way. */
		if (length == 4 && job)
			signal_job(job, (int)get32(payload));
		break;
	case PUSH_OPEN:
		start_copy(SAVE, id, payload, length);
		break;
	case PULL:
		start_copy(LOAD, id, payload, length);
		break;
	case GET_READY:
		/* The machine is about to be saved. */
		if (keep_rehearsal() && keep_spare())
			send_frame(OK, id, NULL, 0);
		else
			send_error(id, errno, "no child for the clones: %s", strerror(errno));
		break;
	default:
		send_error(id, ENOSYS, "unknown request type %u", type);
	}
}

/* Handles whole frames while their answers fit; returns whether any was handled. */
bool handle_frames(void)
{
	size_t at = 0;

	while (inbox_used - at >= HEADER && room(&out) >= RESERVE) {
		size_t length = get32(inbox + at);

		if (length > WINDOW) {
			send_error(get32(inbox + at + 4), EMSGSIZE, "a frame of %zu bytes; at most %d", length, WINDOW);
			skip = HEADER + length;
			if (skip > inbox_used - at) {
				skip -= inbox_used - at;
				at = inbox_used;
				break;
			}
			at += skip;
			skip = 0;
			continue;
		}
		if (inbox_used - at < HEADER + length)
			break;
		handle(inbox[at + 8], get32(inbox + at + 4), inbox + at + HEADER, length);
		at += HEADER + length;
	}
	memmove(inbox, inbox + at, inbox_used - at);
	inbox_used -= at;
	return at > 0;
}

/*
 * What it had sent in part goes with it. Its programs do not: the kernel tells of a host that left and came back later than it
 * hands over what the new one sent, so only START begins a session.
 */
void lose_host(void)
{
	inbox_used = skip = 0;
	connected = is_hung_up = false;
}

/*
 * The UART behind a serial port holds 16 bytes, and where QEMU records the guest it loses what is more. So the host is told how many
 * have come in all, modulo 2^32, when the port is open and each time some came, and sends no more before. Returns whether it was told.
 */
bool tell_seen(void)
{
	static bool is_told;
	static uint32_t told;
	unsigned char payload[4];

	if ((is_told && told == seen) || room(&out) < RESERVE)
		return false;
	put32(payload, seen);
	send_frame(SEEN, 0, payload, 4);
	is_told = true;
	told = seen;
	return true;
}

/* Returns whether bytes came. A port reads as 0 bytes while its host is away. */
bool read_port(void)
{
	bool moved = false;

	while (port.ready && inbox_used < sizeof(inbox)) {
		ssize_t n = read(port.fd, inbox + inbox_used, sizeof(inbox) - inbox_used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && !(is_socket && errno == ECONNRESET))
			die("port lost");
		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			/* What came before the end is handled first: it may be the START of the next host. */
			is_hung_up = true;
		}
		if (n <= 0) {
			port.ready = false;
			break;
		}
		moved = true;
		seen += n;
		if (skip) {
			size_t drop = skip < (size_t)n ? skip : (size_t)n;

			memmove(inbox + inbox_used, inbox + inbox_used + drop, n - drop);
			skip -= drop;
			n -= drop;
		}
		inbox_used += n;
	}
	return moved;
}
