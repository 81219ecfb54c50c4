// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 9P2000.L server that does as it is told: serves a directory on a Unix socket, counts what it is asked, and takes orders to hold back
 * an answer, to refuse, to cut short, to lie or to hang up.
 *
 *   ninepd --root DIR --socket PATH --control PATH [OPTION...]                runs in the foreground
 *     --ready-fd N       writes "ready" to fd N once it listens
 *     --order ORDER      as the command; may be given more than once
 *     --msize N          the largest message
 *   ninepd --ctl CONTROL [--deadline SECONDS] COMMAND...                      asks a running server (commands: see commands.c)
 *
 * All work is done in one thread, in the order in which it came, so that an order says exactly what waits and what does not. The server
 * must not look into its own mount.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ninepd.h"

static int serve(struct server *server)
{
	enum { SIGNALS, LISTENER, MOUNTS, CONTROL = MOUNTS + MAX_CONNECTIONS };

	while (!server->quitting) {
		struct pollfd fds[CONTROL + CONTROL_FDS] = {
			[SIGNALS] = { .fd = server->signals, .events = POLLIN },
			[LISTENER] = { .fd = server->listener, .events = POLLIN },
		};
		size_t controls = control_poll(&server->control, fds + CONTROL);

		for (size_t i = 0; i < MAX_CONNECTIONS; i++)
			fds[MOUNTS + i] = (struct pollfd){ .fd = server->connections[i].fd, .events = POLLIN };
		if (poll(fds, CONTROL + controls, -1) < 0) {
			if (errno == EINTR)
				continue;
			complain("poll: %s", strerror(errno));
			return -1;
		}
		if (fds[SIGNALS].revents)
			server->quitting = true;
		for (size_t i = 0; i < MAX_CONNECTIONS; i++)
			if (fds[MOUNTS + i].revents && server->connections[i].fd >= 0)
				connection_read(server, &server->connections[i]);
		control_serve(&server->control, fds + CONTROL, controls);
		if (fds[LISTENER].revents)
			connections_accept(server);
	}
	return 0;
}

static int open_root(const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		complain("cannot open %s: %s", path, strerror(errno));
	return fd;
}

static int usage(void)
{
	fputs("usage: ninepd --root DIR --socket PATH --control PATH [--ready-fd N] [--order ORDER]... [--msize N]\n"
	      "       ninepd --ctl CONTROL [--deadline SECONDS] COMMAND...\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'd' },    { "socket", required_argument, NULL, 's' },
		{ "control", required_argument, NULL, 'c' }, { "ready-fd", required_argument, NULL, 'r' },
		{ "order", required_argument, NULL, 'o' },   { "msize", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	static struct server server = {
		.root = -1,
		.msize = MSIZE,
		.control = {
			.daemon = &server,
			.get = counts_get,
			.order = orders_add,
			.release = requests_release,
			.obey = obey,
			.listener = -1,
		},
	};
	int ready_fd = -1;
	int option;

	if (argc > 1 && strcmp(argv[1], "--ctl") == 0)
		return ctl_main(argc - 2, argv + 2);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd': server.root = open_root(optarg); break;
		case 's': server.socket_path = optarg; break;
		case 'c': server.control.path = optarg; break;
		case 'r': ready_fd = atoi(optarg); break;
		case 'm': server.msize = (uint32_t)strtoul(optarg, NULL, 0); break;
		case 'o':
			if (control_order(&server.control, optarg) < 0)
				return 2;
			break;
		default: return usage();
		}
	}
	if (server.root < 0 || !server.socket_path || !server.control.path || server.msize < 4096 || optind != argc)
		return usage();
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		server.connections[i].fd = -1;
	umask(0);
	server.signals = open_signals();
	return server.signals < 0 || connections_listen(&server) < 0 || control_listen(&server.control) < 0 || tell_ready(ready_fd) < 0 ||
	       serve(&server) < 0;
}
