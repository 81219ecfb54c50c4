// SPDX-License-Identifier: GPL-2.0-only
/* Finds the ports by name: virtio ports, or serial ports where QEMU records the guest. */
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
#include <termios.h>
#include <unistd.h>

#include "agent.h"

/* The ports come with the virtio device; their names follow in later messages of its control queue. */
#define PORTS_DEADLINE_MS 60000

/* Of a recorded guest, in the order of the host's list (rr-args.ts), after the console's ttyS0. */
static const char *const serial_ports[] = { "crucible.agent", "crucible.results", "crucible.trace" };

int open_port(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/virtio-ports/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		die(path);
	return fd;
}

static bool ports_are_serial(void)
{
	char line[4096] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	bool is_read = fd >= 0 && read(fd, line, sizeof(line) - 1) > 0;

	if (fd >= 0)
		close(fd);
	return is_read && strstr(line, "crucible.ports=serial");
}

/* Every byte goes through as it is; the driver keeps that when the port is closed. */
static void make_raw(const char *path)
{
	struct termios termios;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || tcgetattr(fd, &termios))
		die(path);
	cfmakeraw(&termios);
	/* The UART tells of the last bytes of a piece when it has heard nothing for the time of four. */
	cfsetspeed(&termios, B115200);
	termios.c_cflag |= CLOCAL;
	if (tcsetattr(fd, TCSANOW, &termios))
		die(path);
	close(fd);
}

static void link_serial_ports(void)
{
	mkdir("/dev/virtio-ports", 0755);
	for (int i = 0; i < 3; i++) {
		char link[64], target[32];

		snprintf(link, sizeof(link), "/dev/virtio-ports/%s", serial_ports[i]);
		snprintf(target, sizeof(target), "../ttyS%d", i + 1);
		if (symlink(target, link) && errno != EEXIST)
			die(link);
		make_raw(link);
	}
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

static void wait_for_virtio_ports(void)
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

/* Returns whether they are serial. */
bool wait_for_ports(void)
{
	if (ports_are_serial()) {
		link_serial_ports();
		return true;
	}
	wait_for_virtio_ports();
	return false;
}
