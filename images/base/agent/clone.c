// SPDX-License-Identifier: GPL-2.0-only
/* A clone wakes up with the clock, the random numbers and the name of its template: START may bring a time and a seed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define TIME 8
#define SEED 32

/* Mixed in, credited, and used at once: without the second call the old key would serve for up to a minute. */
static void reseed(const unsigned char *seed)
{
	union {
		struct rand_pool_info info;
		unsigned char bytes[sizeof(struct rand_pool_info) + SEED];
	} pool;
	int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

	pool.info.entropy_count = SEED * 8;
	pool.info.buf_size = SEED;
	memcpy(pool.bytes + sizeof(struct rand_pool_info), seed, SEED);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool.info) || ioctl(fd, RNDRESEEDCRNG))
		die("reseeding the clone");
	close(fd);
}

static void rename_guest(const unsigned char *seed)
{
	char name[32];
	int length = snprintf(name, sizeof(name), "crucible-%02x%02x%02x%02x", seed[0], seed[1], seed[2], seed[3]);

	if (sethostname(name, length))
		die("naming the clone");
}

/* On a host (tests) nothing is changed. */
void renew(const unsigned char *payload, size_t length)
{
	uint64_t now;
	struct timespec time;

	if (length != TIME + SEED || is_socket)
		return;
	now = get32(payload) | (uint64_t)get32(payload + 4) << 32;
	time = (struct timespec){ .tv_sec = now / 1000000000, .tv_nsec = now % 1000000000 };
	if (clock_settime(CLOCK_REALTIME, &time))
		die("setting the clone's clock");
	reseed(payload + TIME);
	rename_guest(payload + TIME);
}
