// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent as PID 1 of a guest: mounts, brings up lo, goes on as the agent in a child, and then only reaps. No other program is
 * started, since each costs 10 ms and more under KASAN without KVM. The console belongs to the kernel: nothing is printed but to its log.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

static const struct {
	const char *type, *at, *options;
} mounts[] = {
	{ "proc", "/proc", NULL },
	{ "sysfs", "/sys", NULL },
	{ "devtmpfs", "/dev", NULL },
	{ "devpts", "/dev/pts", "mode=620,ptmxmode=666" },
	{ "tmpfs", "/dev/shm", "mode=1777" },
	{ "tmpfs", "/run", "mode=0755" },
	{ "tmpfs", "/tmp", "mode=1777" },
	{ "debugfs", "/sys/kernel/debug", NULL },
	{ "tracefs", "/sys/kernel/tracing", NULL },
	{ "cgroup2", "/sys/fs/cgroup", NULL },
};

/* /run/case is where a case runs. */
static const char *const folders[] = { "/run/rpcbind", "/run/sshd", "/run/lock", "/run/case" };

static const struct {
	const char *path, *value;
} settings[] = {
	{ "/proc/sys/kernel/hostname", "crucible" },
	/* /dev/kmsg is limited to a few lines in five seconds unless told otherwise; markers must not get lost. */
	{ "/proc/sys/kernel/printk_devkmsg", "on" },
	{ "/proc/sys/kernel/sysrq", "1" },
};

static void say(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) >= 0)
		close(fd);
}

/* What this kernel lacks is passed over: ENODEV from mount, ENOENT for the folder it would be at. */
static void set_up(void)
{
	char line[160];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		/* devtmpfs has no such folders of its own. */
		if (!strncmp(mounts[i].at, "/dev/", 5))
			mkdir(mounts[i].at, 0755);
		if (!mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, mounts[i].options) || errno == ENODEV || errno == ENOENT || errno == EBUSY)
			continue;
		snprintf(line, sizeof(line), "<3>crucible-init: mount of %s: %s\n", mounts[i].at, strerror(errno));
		say(line);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		mkdir(folders[i], 0755);
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		int fd = open(settings[i].path, O_WRONLY | O_CLOEXEC);

		if (fd >= 0 && write(fd, settings[i].value, strlen(settings[i].value)) >= 0)
			close(fd);
	}
}

static void raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		say("<3>crucible-init: lo does not come up\n");
	close(fd);
}

/* stdin, stdout and stderr of everything that is not told otherwise. */
static void silence(void)
{
	int fd = open("/dev/null", O_RDWR);

	for (int to = 0; fd >= 0 && to < 3; to++)
		dup2(fd, to);
	if (fd > 2)
		close(fd);
}

/* Never ends, or the kernel would panic. */
static _Noreturn void reap_for_ever(pid_t agent, const sigset_t *child_signal)
{
	char line[80];

	for (;;) {
		int status;
		pid_t gone = waitpid(-1, &status, WNOHANG);

		if (gone <= 0) {
			sigwaitinfo(child_signal, NULL);
		} else if (gone == agent) {
			/* <3> is KERN_ERR, which `quiet` lets through. */
			snprintf(line, sizeof(line), "<3>crucible-init: agent ended with %d\n",
				 WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
			say(line);
		}
	}
}

/* Returns in the child that is to be the agent. */
void begin_guest(void)
{
	sigset_t child_signal;
	pid_t agent;

	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_signal, NULL);
	setenv("PATH", "/crucible/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	set_up();
	silence();
	raise_loopback();
	agent = fork();
	if (agent < 0)
		say("<2>crucible-init: there is no process for the agent\n");
	if (agent)
		reap_for_ever(agent, &child_signal);
}
