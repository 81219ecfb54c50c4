// SPDX-License-Identifier: GPL-2.0-only
/* What is said to the host: frames into the out queue, and the last words of an agent that cannot go on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

struct ring out;

_Noreturn void die(const char *what)
{
	char line[256];
	int length = snprintf(line, sizeof(line), "<2>crucible agent: %s: %s\n", what, strerror(errno));
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (is_socket || fd < 0)
		fd = STDERR_FILENO;
	if (write(fd, line, length) < 0)
		_exit(2);
	_exit(1);
}

uint32_t get32(const unsigned char *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

void put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = value >> (8 * i);
}

void put64(unsigned char *at, uint64_t value)
{
	put32(at, value);
	put32(at + 4, value >> 32);
}

void send_frame(uint8_t type, uint32_t id, const void *payload, size_t length)
{
	unsigned char header[HEADER] = { 0 };

	put32(header, length);
	put32(header + 4, id);
	header[8] = type;
	ring_put(&out, header, HEADER);
	ring_put(&out, payload, length);
}

void send_error(uint32_t id, int error, const char *format, ...)
{
	unsigned char payload[4 + 512];
	va_list arguments;
	int length;

	put32(payload, error);
	va_start(arguments, format);
	length = vsnprintf((char *)payload + 4, 512, format, arguments);
	va_end(arguments);
	send_frame(ERROR, id, payload, 4 + (length > 511 ? 511 : length));
}

void send_hello(void)
{
	unsigned char version[4];

	put32(version, PROTOCOL);
	send_frame(HELLO, 0, version, 4);
}
