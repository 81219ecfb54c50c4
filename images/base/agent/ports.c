// SPDX-License-Identifier: GPL-2.0-only
/* Finds the virtio ports by name. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"

/* The ports come with the virtio device; their names follow in later messages of its control queue. */
#define PORTS_DEADLINE_MS 60000

int open_port(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/virtio-ports/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		die(path);
	return fd;
}

/* Links /dev/virtio-ports/<name> for each port that has told its name (udev does this elsewhere); returns how many. */
static int link_ports(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int count = 0;

	mkdir("/dev/virtio-ports", 0755);
	while (dir && (entry = readdir(dir))) {
		char path[300], name[100] = "", link[128], target[300];
		int fd;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) > 0) {
			name[strcspn(name, "\n")] = '\0';
			snprintf(link, sizeof(link), "/dev/virtio-ports/%s", name);
			snprintf(target, sizeof(target), "../%s", entry->d_name);
			if (symlink(target, link) == 0 || errno == EEXIST)
				count++;
		}
		close(fd);
	}
	if (dir)
		closedir(dir);
	return count;
}

void wait_for_ports(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	struct pollfd wait = { .fd = events, .events = POLLIN };
	char message[8192];

	if (events < 0 || bind(events, (struct sockaddr *)&address, sizeof(address)))
		die("uevents");
	while (link_ports() < 4) {
		if (poll(&wait, 1, PORTS_DEADLINE_MS) == 0) {
			errno = ETIMEDOUT;
			die("waiting for the four virtio ports");
		}
		if (recv(events, message, sizeof(message), 0) < 0 && errno != ENOBUFS && errno != EINTR)
			die("uevents");
	}
	close(events);
}
