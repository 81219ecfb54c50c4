// SPDX-License-Identifier: GPL-2.0-only
/* KTAP: each test of a group is a subtest, its checks are the lines in it. Every line is written at once, for a test may hang. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "protocol.h"

static int number;
static int failed;
static long checks;

static bool report(bool is_right, const char *format, va_list args)
{
	printf("  %sok %d ", is_right ? "" : "not ", ++number);
	vprintf(format, args);
	putchar('\n');
	failed += !is_right;
	checks++;
	return is_right;
}

bool check(bool is_right, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(is_right, format, args);
	va_end(args);
	return is_right;
}

static const char *in_words(long result)
{
	static char text[32];

	if (result < 0 && strerrorname_np((int)-result))
		return strerrorname_np((int)-result);
	snprintf(text, sizeof(text), "%ld", result);
	return text;
}

bool check_result(long got, long wanted, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(got == wanted, format, args);
	va_end(args);
	if (got != wanted) {
		printf("  # got %s, ", in_words(got));
		printf("wanted %s\n", in_words(wanted));
	}
	return got == wanted;
}

void check_known(bool is_right, bool has_symptom, const char *issue, const char *what)
{
	if (is_right || !has_symptom) {
		check(is_right, "%s", what);
		return;
	}
	printf("  not ok %d %s # TODO known issue %s\n", ++number, what, issue);
	checks++;
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("  # ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

void evidence(const char *name, long value)
{
	printf("# evidence: %s %ld\n", name, value);
}

int run_group(const struct group *group)
{
	int failed_tests = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%zu\n", group->count);
	for (size_t i = 0; i < group->count; i++) {
		const struct test *test = &group->tests[i];
		struct cache cache = { .device = -1 };

		number = 0;
		failed = 0;
		printf("# Subtest: %s\n", test->name);
		if (test->is_bare) {
			test->run(&cache);
		} else if (cache_begin(&cache)) {
			test->run(&cache);
			cache_end(&cache);
		}
		printf("  1..%d\n%sok %zu %s\n", number, failed ? "not " : "", i + 1, test->name);
		failed_tests += failed > 0;
	}
	evidence("checks", checks);
	evidence("commands", commands_told);
	evidence("requests", requests_taken);
	return failed_tests > 0;
}
