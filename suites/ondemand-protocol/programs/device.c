// SPDX-License-Identifier: GPL-2.0-only
/* /dev/cachefiles, raw. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "protocol.h"

long commands_told;
long requests_taken;

int device_open(void)
{
	int fd = open("/dev/cachefiles", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int device_write(int device, const void *bytes, size_t size)
{
	ssize_t done = write(device, bytes, size);

	commands_told++;
	if (done < 0)
		return -errno;
	return (size_t)done == size ? 0 : -EIO;
}

int device_tell(int device, const char *format, ...)
{
	char command[PAGE];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return device_write(device, command, (size_t)length);
}

/* The events poll reports of the device within that time. */
int device_poll(int device, int milliseconds)
{
	struct pollfd poll_fd = { .fd = device, .events = POLLIN | POLLOUT | POLLPRI };

	return poll(&poll_fd, 1, milliseconds) == 1 ? poll_fd.revents : 0;
}

ssize_t device_read(int device, void *buffer, size_t size)
{
	ssize_t got = read(device, buffer, size);

	if (got > 0)
		requests_taken++;
	return got < 0 ? -errno : got;
}
