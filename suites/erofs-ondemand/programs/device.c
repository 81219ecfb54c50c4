// SPDX-License-Identifier: GPL-2.0-only
/* /dev/cachefiles: commands to the kernel (caching/cachefiles.rst, "On-demand Read"). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ondemandd.h"

int device_tell(int device, const char *command)
{
	size_t length = strlen(command);

	if (write(device, command, length) != (ssize_t)length) {
		complain("/dev/cachefiles refused '%s': %s", command, strerror(errno));
		return -1;
	}
	return 0;
}

int device_bind(struct daemon *daemon, const char *cache_dir, const char *tag)
{
	char command[LINE_SIZE];

	daemon->device = open("/dev/cachefiles", O_RDWR | O_CLOEXEC);
	if (daemon->device < 0) {
		complain("cannot open /dev/cachefiles: %s", strerror(errno));
		return -1;
	}
	snprintf(command, sizeof(command), "dir %s", cache_dir);
	if (device_tell(daemon->device, command) < 0)
		return -1;
	snprintf(command, sizeof(command), "tag %s", tag);
	if (device_tell(daemon->device, command) < 0)
		return -1;
	return device_tell(daemon->device, "bind ondemand");
}

/* Requests that a daemon before us took and did not answer are to be had again. */
int device_restore(const struct daemon *daemon)
{
	return device_tell(daemon->device, "restore");
}

/* What poll says of the device at this moment. */
bool device_has_request(const struct daemon *daemon)
{
	struct pollfd device = { .fd = daemon->device, .events = POLLIN };

	return poll(&device, 1, 0) == 1 && (device.revents & POLLIN);
}

/* The device goes first: an object whose last anonymous fd closes while the cache is alive may be opened again. */
void device_close(struct daemon *daemon)
{
	if (daemon->device >= 0)
		close(daemon->device);
	daemon->device = -1;
	/* What a keeper keeps is the next daemon's. */
	daemon->keeps_objects = false;
	while (daemon->object_count > 0)
		object_forget(daemon, &daemon->objects[daemon->object_count - 1]);
}
