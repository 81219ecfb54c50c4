// SPDX-License-Identifier: GPL-2.0-only
/*
 * exercise-tree [--seed N] [--operations N] [--plant N] DIRECTORY: makes, links, renames, writes and removes files and folders in an order
 * that the seed decides, and compares names, sizes, link counts and content with what must be there. The first difference is told and
 * ends it with status 1. --plant N makes a file longer behind our back before operation N, and nothing changes after that.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"

#define NAMES 120
#define FOLDERS 6
#define MOST_BYTES 40000

/* A file, by whatever names; content is that of a seed. */
struct file {
	uint64_t seed;
	size_t size;
	unsigned int links;
};

/* By name; a name may have none. */
static struct file *files[NAMES];
static uint64_t random_state, operation, made, renamed, linked, removed, written, verified, read_bytes;

static uint64_t pick(uint64_t bound)
{
	return content_word(random_state++, 0) % bound;
}

static void wrong(const char *format, ...)
{
	va_list arguments;

	printf("wrong in operation %llu: ", (unsigned long long)operation);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	exit(1);
}

static void must(bool done, const char *what, const char *path)
{
	if (!done)
		wrong("%s of %s: %s", what, path, strerror(errno));
}

/* Name N is dF/nN, F being N modulo the folders. */
static const char *path_of(int name)
{
	static char paths[2][64];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof(paths[turn]), "d%d/n%d", name % FOLDERS, name);
	return paths[turn];
}

/* A name that has a file, or one that has none; -1 when all are of the other kind. */
static int pick_name(bool used)
{
	int first = pick(NAMES);

	for (int i = 0; i < NAMES; i++)
		if ((files[(first + i) % NAMES] != NULL) == used)
			return (first + i) % NAMES;
	return -1;
}

static void put_content(int name, size_t from, size_t to, int flags)
{
	static char buffer[MOST_BYTES];
	struct file *file = files[name];
	const char *path = path_of(name);
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);

	must(fd >= 0, "open", path);
	content_fill(file->seed, from, buffer, to - from);
	must(pwrite(fd, buffer, to - from, from) == (ssize_t)(to - from), "write", path);
	must(close(fd) == 0, "close", path);
	file->size = to;
	written++;
}

static void do_make(void)
{
	int name = pick_name(false);

	if (name < 0)
		return;
	files[name] = calloc(1, sizeof(struct file));
	*files[name] = (struct file){ .seed = random_state, .links = 1 };
	put_content(name, 0, pick(MOST_BYTES), O_CREAT | O_EXCL);
	made++;
}

static void do_append(void)
{
	int name = pick_name(true);
	struct file *file = name < 0 ? NULL : files[name];

	if (file && file->size < MOST_BYTES)
		put_content(name, file->size, file->size + 1 + pick(MOST_BYTES - file->size), 0);
}

static void do_rewrite(void)
{
	int name = pick_name(true);

	if (name < 0)
		return;
	files[name]->seed = random_state;
	put_content(name, 0, pick(MOST_BYTES), O_TRUNC);
}

static void do_cut(void)
{
	int name = pick_name(true);
	const char *path = path_of(name < 0 ? 0 : name);

	if (name < 0)
		return;
	files[name]->size = pick(files[name]->size + 1);
	must(truncate(path, files[name]->size) == 0, "truncate", path);
}

static void forget(int name)
{
	if (--files[name]->links == 0)
		free(files[name]);
	files[name] = NULL;
}

static void do_remove(void)
{
	int name = pick_name(true);

	if (name < 0)
		return;
	must(unlink(path_of(name)) == 0, "unlink", path_of(name));
	forget(name);
	removed++;
}

/* To a free name, or over another file. */
static void do_rename(void)
{
	int from = pick_name(true), to = pick_name(pick(3) == 0);

	if (from < 0 || to < 0 || from == to)
		return;
	must(rename(path_of(from), path_of(to)) == 0, "rename", path_of(from));
	/* Two names of one file: rename does nothing. */
	if (files[to] == files[from])
		return;
	if (files[to])
		forget(to);
	files[to] = files[from];
	files[from] = NULL;
	renamed++;
}

static void do_link(void)
{
	int from = pick_name(true), to = pick_name(false);

	if (from < 0 || to < 0)
		return;
	must(link(path_of(from), path_of(to)) == 0, "link", path_of(from));
	files[to] = files[from];
	files[to]->links++;
	linked++;
}

static void verify_file(int name)
{
	static char seen[MOST_BYTES + 1], good[MOST_BYTES];
	const struct file *file = files[name];
	const char *path = path_of(name);
	struct stat st;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd >= 0, "open", path);
	must(fstat(fd, &st) == 0, "stat", path);
	if (st.st_size != (off_t)file->size || st.st_nlink != file->links)
		wrong("%s has %lld bytes and %lu links and must have %zu and %u", path, (long long)st.st_size, (unsigned long)st.st_nlink, file->size,
		      file->links);
	got = pread(fd, seen, sizeof(seen), 0);
	content_fill(file->seed, 0, good, file->size);
	if (got != (ssize_t)file->size)
		wrong("%s gives %zd bytes and must give %zu: %s", path, got, file->size, strerror(errno));
	for (size_t i = 0; i < file->size; i++)
		if (seen[i] != good[i])
			wrong("%s differs at %zu: %02x must be %02x", path, i, seen[i] & 255, good[i] & 255);
	close(fd);
	read_bytes += file->size;
	verified++;
}

static void do_verify(void)
{
	int name = pick_name(true);

	if (name >= 0)
		verify_file(name);
}

/* Every name of a folder, and no other. */
static void verify_folder(int folder)
{
	char path[32];
	struct dirent *entry;
	int wanted = 0, found = 0;
	DIR *listing;

	snprintf(path, sizeof(path), "d%d", folder);
	listing = opendir(path);
	must(listing != NULL, "opendir", path);
	while ((entry = readdir(listing))) {
		int name = atoi(entry->d_name + 1);

		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_name[0] != 'n' || name < 0 || name >= NAMES || name % FOLDERS != folder || !files[name])
			wrong("%s lists %s, which must not be there", path, entry->d_name);
		found++;
	}
	closedir(listing);
	for (int i = folder; i < NAMES; i += FOLDERS)
		wanted += files[i] != NULL;
	if (found != wanted)
		wrong("%s lists %d names and must list %d", path, found, wanted);
}

static void do_list(void)
{
	verify_folder(pick(FOLDERS));
}

static const struct {
	int weight;
	bool changes;
	void (*run)(void);
} operations[] = {
	{ 18, true, do_make },	 { 8, true, do_append }, { 8, true, do_rewrite }, { 6, true, do_cut },	{ 10, true, do_remove },
	{ 12, true, do_rename }, { 8, true, do_link },	 { 24, false, do_verify }, { 6, false, do_list },
};

static void one_operation(bool frozen)
{
	size_t at = 0;

	for (uint64_t lot = pick(100); lot >= (uint64_t)operations[at].weight; at++)
		lot -= operations[at].weight;
	if (!frozen || !operations[at].changes)
		operations[at].run();
}

static void plant_byte(void)
{
	int name = pick_name(true), fd = name < 0 ? -1 : open(path_of(name), O_WRONLY | O_APPEND | O_CLOEXEC);

	must(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0, "planting", name < 0 ? "nothing" : path_of(name));
	printf("planted %s\n", path_of(name));
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "operations", required_argument, NULL, 'o' },
		{ "plant", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t count = 500, plant = UINT64_MAX;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			random_state = strtoull(optarg, NULL, 0) << 32;
		else if (option == 'o')
			count = strtoull(optarg, NULL, 0);
		else if (option == 'p')
			plant = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	if (optind != argc - 1)
		return 2;
	must(chdir(argv[optind]) == 0, "chdir", argv[optind]);
	for (int i = 0; i < FOLDERS; i++) {
		char path[32];

		snprintf(path, sizeof(path), "d%d", i);
		must(mkdir(path, 0755) == 0, "mkdir", path);
	}
	for (operation = 0; operation < count; operation++) {
		if (operation == plant)
			plant_byte();
		one_operation(operation >= plant);
	}
	for (int i = 0; i < FOLDERS; i++)
		verify_folder(i);
	for (int i = 0; i < NAMES; i++)
		if (files[i])
			verify_file(i);
	printf("operations %llu\nmade %llu\nrenamed %llu\nlinked %llu\nremoved %llu\nwritten %llu\nverified %llu\nread_bytes %llu\n",
	       (unsigned long long)operation, (unsigned long long)made, (unsigned long long)renamed, (unsigned long long)linked,
	       (unsigned long long)removed, (unsigned long long)written, (unsigned long long)verified, (unsigned long long)read_bytes);
	return 0;
}
