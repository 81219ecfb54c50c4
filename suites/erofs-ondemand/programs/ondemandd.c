// SPDX-License-Identifier: GPL-2.0-only
/*
 * An on-demand daemon for cachefiles: serves the files of a directory as cache objects, and counts what the kernel asks of it.
 *
 *   ondemandd --cache DIR --tag TAG --images DIR --socket PATH [OPTION...]      runs in the foreground
 *     --ready-fd N       writes "ready" to fd N once bound
 *     --order ORDER      as the command; may be given more than once
 *     --journal FILE     appends a line for each state a request reaches
 *     --keeper SOCKET    hands the device to a keeper; when it has one already, goes on with that and writes "restore"
 *     --keep-objects     and the anonymous fds
 *     --no-restore       does not write it
 *   ondemandd --keeper-run SOCKET                                               is that keeper; prints "ready"
 *   ondemandd --ctl SOCKET [--deadline SECONDS] COMMAND...                      asks a running daemon (commands: see commands.c)
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ondemandd.h"

static int serve(struct daemon *daemon)
{
	while (!daemon->quitting) {
		struct pollfd fds[2 + CONTROL_FDS] = {
			{ .fd = requests_stop_device(daemon) ? -1 : daemon->device, .events = POLLIN },
			{ .fd = daemon->signals, .events = POLLIN },
		};
		size_t controls = control_poll(&daemon->control, fds + 2);

		if (poll(fds, 2 + controls, -1) < 0) {
			if (errno == EINTR)
				continue;
			complain("poll: %s", strerror(errno));
			return -1;
		}
		if ((fds[0].revents & (POLLIN | POLLERR)) && requests_serve(daemon) < 0)
			return -1;
		if (fds[1].revents)
			daemon->quitting = true;
		control_serve(&daemon->control, fds + 2, controls);
	}
	return 0;
}

/* The device of the daemon before us, if a keeper has it, and else a new one. */
static int get_device(struct daemon *daemon, const char *cache_dir, const char *tag, bool restores)
{
	if (daemon->keeper >= 0 && keeper_take_over(daemon) < 0)
		return -1;
	if (daemon->device >= 0)
		return restores ? device_restore(daemon) : 0;
	if (device_bind(daemon, cache_dir, tag) < 0)
		return -1;
	keeper_keep(daemon, "device", daemon->device);
	return 0;
}

static int open_journal(struct daemon *daemon, const char *path)
{
	daemon->journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (daemon->journal < 0)
		complain("cannot open %s: %s", path, strerror(errno));
	return daemon->journal < 0 ? -1 : 0;
}

static int usage(void)
{
	fputs("usage: ondemandd --cache DIR --tag TAG --images DIR --socket PATH [--ready-fd N] [--order ORDER]... [--journal FILE]\n"
	      "                 [--keeper SOCKET [--keep-objects] [--no-restore]]\n"
	      "       ondemandd --keeper-run SOCKET\n"
	      "       ondemandd --ctl SOCKET [--deadline SECONDS] COMMAND...\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "cache", required_argument, NULL, 'c' },  { "tag", required_argument, NULL, 't' },
		{ "images", required_argument, NULL, 'i' }, { "socket", required_argument, NULL, 's' },
		{ "ready-fd", required_argument, NULL, 'r' }, { "order", required_argument, NULL, 'o' },
		{ "journal", required_argument, NULL, 'j' }, { "keeper", required_argument, NULL, 'k' },
		{ "keep-objects", no_argument, NULL, 'K' },  { "no-restore", no_argument, NULL, 'R' },
		{ NULL, 0, NULL, 0 },
	};
	static struct daemon daemon = {
		.device = -1,
		.signals = -1,
		.keeper = -1,
		.journal = -1,
		.control = {
			.daemon = &daemon,
			.get = counts_get,
			.order = orders_add,
			.release = requests_release,
			.obey = obey,
			.listener = -1,
		},
	};
	const char *cache_dir = NULL;
	const char *tag = NULL;
	bool restores = true;
	int ready_fd = -1;
	int option;
	int status;

	if (argc > 1 && strcmp(argv[1], "--ctl") == 0)
		return ctl_main(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "--keeper-run") == 0)
		return keeper_main(argc - 2, argv + 2);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c': cache_dir = optarg; break;
		case 't': tag = optarg; break;
		case 'i': daemon.images_dir = optarg; break;
		case 's': daemon.control.path = optarg; break;
		case 'r': ready_fd = atoi(optarg); break;
		case 'K': daemon.keeps_objects = true; break;
		case 'R': restores = false; break;
		case 'o':
			if (control_order(&daemon.control, optarg) < 0)
				return 2;
			break;
		case 'j':
			if (open_journal(&daemon, optarg) < 0)
				return 1;
			break;
		case 'k':
			if (keeper_dial(&daemon, optarg) < 0)
				return 1;
			break;
		default: return usage();
		}
	}
	if (!cache_dir || !tag || !daemon.images_dir || !daemon.control.path || optind != argc)
		return usage();

	daemon.signals = open_signals();
	if (daemon.signals < 0)
		return 1;
	status = control_listen(&daemon.control) < 0 || get_device(&daemon, cache_dir, tag, restores) < 0 || tell_ready(ready_fd) < 0 ||
		 serve(&daemon) < 0;
	device_close(&daemon);
	control_close(&daemon.control);
	return status;
}
