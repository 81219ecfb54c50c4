// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines, and states of /proc that send no event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol.h"

int deadline_ms(int seconds)
{
	const char *scale = getenv("CRUCIBLE_SCALE");
	double factor = scale ? atof(scale) : 1;

	return (int)(seconds * 1000 * (factor < 1 ? 1 : factor));
}

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The one pause there is: a cookie that is gone tells nobody. */
static void pause_shortly(void)
{
	const char *text = getenv("CRUCIBLE_PAUSE");
	double seconds = text ? atof(text) : 0.02;
	struct timespec pause = { .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (time_t)seconds) * 1e9) };

	nanosleep(&pause, NULL);
}

bool wait_until(int seconds, bool (*is_so)(const void *), const void *of)
{
	long end = now_ms() + deadline_ms(seconds);

	while (!is_so(of)) {
		if (now_ms() >= end)
			return false;
		pause_shortly();
	}
	return true;
}

/* The number after `key=` in a file such as /proc/fs/fscache/stats, or -1. */
long proc_number(const char *path, const char *key)
{
	char line[512];
	size_t length = strlen(key);
	FILE *file = fopen(path, "re");
	long number = -1;

	while (file && number < 0 && fgets(line, sizeof(line), file))
		for (char *at = strstr(line, key); at && number < 0; at = strstr(at + 1, key))
			if (at > line && at[-1] == ' ' && at[length] == '=')
				number = atol(at + length + 1);
	if (file)
		fclose(file);
	return number;
}

/* Rows of a table of /proc/fs/fscache below its two header lines. */
long proc_rows(const char *path)
{
	char line[1024];
	FILE *file = fopen(path, "re");
	long rows = -2;

	while (file && fgets(line, sizeof(line), file))
		rows++;
	if (file)
		fclose(file);
	return rows < 0 ? 0 : rows;
}
