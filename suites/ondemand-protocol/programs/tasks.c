// SPDX-License-Identifier: GPL-2.0-only
/* Children that read and mount, and so may be stuck in the kernel: they hold none of our fds, and are waited for with a deadline. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol.h"

#define MAX_TASKS 512

static struct task tasks[MAX_TASKS];
static size_t task_count;

struct task task_start(void (*body)(const void *), const void *argument)
{
	struct task task = { .pid = fork(), .pidfd = -1 };

	if (task.pid == 0) {
		close_range(3, ~0U, 0);
		body(argument);
		_exit(0);
	}
	if (task.pid > 0) {
		task.pidfd = pidfd_open(task.pid, 0);
		if (task_count < MAX_TASKS)
			tasks[task_count++] = task;
	}
	return task;
}

/* Its status (0, an error number, WRONG_CONTENT, KILLED and the signal), or -ETIMEDOUT. */
int task_end(struct task *task, int seconds)
{
	struct pollfd ended = { .fd = task->pidfd, .events = POLLIN };
	int status;

	if (task->pid <= 0)
		return -ECHILD;
	if (poll(&ended, 1, seconds > 0 ? deadline_ms(seconds) : 0) != 1)
		return -ETIMEDOUT;
	waitpid(task->pid, &status, 0);
	close(task->pidfd);
	for (size_t i = 0; i < task_count; i++)
		if (tasks[i].pid == task->pid) {
			tasks[i] = tasks[--task_count];
			break;
		}
	task->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

bool task_runs(const struct task *task)
{
	struct pollfd ended = { .fd = task->pidfd, .events = POLLIN };

	return task->pid > 0 && poll(&ended, 1, 0) == 0;
}

/* Whether a line of a file of the task's in /proc has this in it. */
static bool proc_has(const struct task *task, const char *name, const char *text)
{
	char path[64];
	char line[512];
	FILE *file;
	bool has = false;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)task->pid, name);
	file = fopen(path, "re");
	while (file && !has && fgets(line, sizeof(line), file))
		has = strstr(line, text) != NULL;
	if (file)
		fclose(file);
	return has;
}

/* In that function of the kernel. D, since fscache's waits cannot be interrupted; the stack of a task that runs would be an old one. */
bool task_sleeps_in(const struct task *task, const char *function)
{
	return task->pid > 0 && proc_has(task, "stat", ") D ") && proc_has(task, "stack", function);
}

void task_signal(const struct task *task, int number)
{
	if (task->pid > 0)
		kill(task->pid, number);
}

bool any_task_lives(void)
{
	return task_count > 0;
}

/* Whatever runs is told to end; what has ended is reaped. */
void tasks_kill(void)
{
	for (size_t i = task_count; i-- > 0;) {
		struct task task = tasks[i];

		kill(task.pid, SIGKILL);
		task_end(&task, 0);
	}
}

struct page {
	char path[PATH_SIZE];
	char source[PATH_SIZE];
	off_t offset;
};

static int slurp(const char *path, char *buffer, off_t offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return errno;
	/* No readahead: one page is one request. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	status = pread(fd, buffer, PAGE, offset) < 0 ? errno : 0;
	close(fd);
	return status;
}

static void read_page(const void *argument)
{
	const struct page *page = argument;
	char seen[PAGE] = "";
	char expected[PAGE] = "";
	int status = slurp(page->path, seen, page->offset);

	if (status == 0)
		status = slurp(page->source, expected, page->offset);
	_exit(status ? status : memcmp(seen, expected, PAGE) ? WRONG_CONTENT : 0);
}

/* Reads one page of the image's file and compares it with what was packed. */
struct task reader_start(const char *image, off_t number)
{
	struct page page = { .offset = number * PAGE };

	snprintf(page.path, sizeof(page.path), "mnt-%s/big", image);
	snprintf(page.source, sizeof(page.source), "source-%s/big", image);
	return task_start(read_page, &page);
}
