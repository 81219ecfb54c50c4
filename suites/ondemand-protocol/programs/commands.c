// SPDX-License-Identifier: GPL-2.0-only
/* The commands of fs/cachefiles/daemon.c: every one in every state of the device, well and badly formed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol.h"

struct command {
	const char *line;
	int result;
};

static void tell_each(int device, const struct command *commands, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_result(device_tell(device, "%s", commands[i].line), commands[i].result, "'%.40s'", commands[i].line);
}

#define TELL_EACH(device, commands) tell_each(device, commands, sizeof(commands) / sizeof((commands)[0]))

/* A device that was opened and is closed again, and may be opened by the next then. */
static void with_device(void (*body)(int device))
{
	int device = device_open();

	if (!check(device >= 0, "the device opens"))
		return;
	body(device);
	close(device);
}

static void form(int device)
{
	static const char with_nul[] = "tag a\0b";
	static const struct command unknown[] = {
		{ "", -EOPNOTSUPP },	     { " ", -EOPNOTSUPP },	  { "bogus", -EOPNOTSUPP }, { "bogus 1", -EOPNOTSUPP },
		{ " dir /", -EOPNOTSUPP },   { "\tdir /", -EOPNOTSUPP },  { "bin", -EOPNOTSUPP },   { "bindx", -EOPNOTSUPP },
		{ "DIR /", -EOPNOTSUPP },    { "tag=x", -EOPNOTSUPP },	  { "restored", -EOPNOTSUPP }, { "copen1,2", -EOPNOTSUPP },
		{ "a-word-much-longer-than-any-command", -EOPNOTSUPP },
	};

	TELL_EACH(device, unknown);
	check_result(device_tell(device, "\ntag x"), -EINVAL, "a newline in front");
	check_result(device_write(device, with_nul, sizeof(with_nul) - 1), -EINVAL, "a NUL within");
	check_result(device_write(device, with_nul, sizeof("tag a")), -EINVAL, "a NUL at the end");
	check_result(device_write(device, (const void *)8, 4), -EFAULT, "bytes that are not there");
	check_result(device_tell(device, "tag \t one\nrubbish"), 0, "spaces before the argument, anything after a newline");
}

static void size(int device)
{
	char line[2 * PAGE];

	memset(line, 'x', sizeof(line));
	memcpy(line, "tag ", 4);
	check_result(device_write(device, line, sizeof(line)), -EOPNOTSUPP, "two pages");
	check_result(device_write(device, line, PAGE), -EOPNOTSUPP, "a page");
	check_result(device_write(device, line, PAGE - 1), 0, "a byte less than a page");
	memcpy(line, "dir ", 4);
	check_result(device_write(device, line, PAGE - 1), 0, "a directory of that length");
	check_result(device_tell(device, "bind ondemand"), -ENAMETOOLONG, "which cannot be bound");
}

/* Defaults are run 7%, cull 5%, stop 1%; what must hold is 0 <= stop < cull < run < 100. */
static void limits_of(int device)
{
	static const struct command commands[] = {
		{ "frun", -EINVAL },	   { "frun 10", -EINVAL },     { "frun 10%%", -EINVAL },  { "frun %", -EINVAL },
		{ "frun -8%", -EINVAL },   { "frun 0x8%", -EINVAL },   { "frun 100%", -EINVAL },  { "frun 4294967304%", -EINVAL },
		{ "frun 5%", -EINVAL },	   { "fcull 7%", -EINVAL },    { "fcull 1%", -EINVAL },	  { "fstop 5%", -EINVAL },
		{ "fcull", -EINVAL },	   { "fstop", -EINVAL },       { "frun 99%", 0 },	  { "fcull 98%", 0 },
		{ "fstop 97%", 0 },	   { "fcull 97%", -EINVAL },   { "frun 98%", -EINVAL },	  { "fstop 0%\n", 0 },
		{ "brun", -EINVAL },	   { "brun 10", -EINVAL },     { "brun 10%%", -EINVAL },  { "brun %", -EINVAL },
		{ "brun -8%", -EINVAL },   { "brun 0x8%", -EINVAL },   { "brun 100%", -EINVAL },  { "brun 4294967304%", -EINVAL },
		{ "brun 5%", -EINVAL },	   { "bcull 7%", -EINVAL },    { "bcull 1%", -EINVAL },	  { "bstop 5%", -EINVAL },
		{ "bcull", -EINVAL },	   { "bstop", -EINVAL },       { "brun 99%", 0 },	  { "bcull 98%", 0 },
		{ "bstop 97%", 0 },	   { "bcull 97%", -EINVAL },   { "brun 98%", -EINVAL },	  { "bstop 0%\n", 0 },
	};

	TELL_EACH(device, commands);
}

static void before_bind(int device)
{
	static const struct command commands[] = {
		{ "dir", -EINVAL },	   { "dir ", -EINVAL },	       { "dir \n", -EINVAL },	{ "tag", -EINVAL },
		{ "tag ", -EINVAL },	   { "secctx", -EINVAL },      { "debug x", -EINVAL },	{ "debug 0", 0 },
		{ "cull a", -EIO },	   { "inuse a", -EIO },	       { "cull a/b", -EINVAL }, { "inuse a/b", -EINVAL },
		{ "bind", -EINVAL },	   { "bind ondemand", -EINVAL }, { "restore", -EOPNOTSUPP }, { "copen 1,1", -EOPNOTSUPP },
		{ "copen", -EOPNOTSUPP },  { "tag one", 0 },	       { "tag two", -EEXIST },	{ "dir /absent/one", 0 },
		{ "dir /absent/two", -EEXIST }, { "bind offdemand", -EINVAL }, { "bind ondemand now", -EINVAL }, { "bind ondemand ", -EINVAL },
		{ "bind ONDEMAND", -EINVAL }, { "bind ondemand", -ENOENT }, { "bind ondemand", -ENOENT },
	};
	char byte;

	TELL_EACH(device, commands);
	check(device_tell(device, "secctx nonsense") < 0, "a context that no security module knows");
	check_result(device_read(device, &byte, 1), 0, "there is nothing to read");
	check_result(device_poll(device, 0), 0, "nor to poll for");
}

static void bound(struct cache *cache)
{
	static const struct command commands[] = {
		{ "bind", -EBUSY },	     { "bind ondemand", -EBUSY }, { "bind nonsense", -EBUSY }, { "dir /", -EEXIST },
		{ "tag two", -EEXIST },	     { "cull a/b", -EINVAL },	  { "inuse a/b", -EINVAL },    { "cull absent", -ENOENT },
		{ "inuse absent", -ENOENT }, { "bogus", -EOPNOTSUPP },	  { "copen", -EINVAL },	       { "copen 1", -EINVAL },
		{ "copen ,", -EINVAL },	     { "copen ,1", -EINVAL },	  { "copen x,1", -EINVAL },    { "copen -1,1", -EINVAL },
		{ "copen 1,1", -EINVAL },    { "copen 0,0", -EINVAL },	  { "copen 1,", -EINVAL },     { "copen 0x1,1", -EINVAL },
		{ "copen 1 ,1", -EINVAL },   { "copen 4294967295,1", -EINVAL }, { "copen 4294967296,1", -EINVAL },
		{ "copen 18446744073709551615,1", -EINVAL }, { "copen 18446744073709551616,1", -ERANGE },
		{ "restore", 0 },	     { "restore everything", 0 }, { "restore\n", 0 },
	};
	struct message message;

	TELL_EACH(cache->device, commands);
	check_result(device_read(cache->device, &message, sizeof(message)), 0, "there is no request to read");
	check_result(device_read(cache->device, &message, 0), 0, "nor with an empty buffer");
	check_result(device_poll(cache->device, 0), 0, "nor to poll for");
}

static void bound_normally(struct cache *cache)
{
	static const struct command commands[] = {
		{ "restore", -EOPNOTSUPP }, { "copen 1,1", -EOPNOTSUPP }, { "copen", -EOPNOTSUPP }, { "bind", -EBUSY }, { "bind ondemand", -EBUSY },
	};
	char state[256] = "";

	if (!check_result(cache_open(cache), 0, "the device opens"))
		return;
	check_result(device_tell(cache->device, "bind"), 0, "bind without an argument");
	TELL_EACH(cache->device, commands);
	check(device_read(cache->device, state, sizeof(state) - 1) > 0, "what is read is the state of the cache");
	check(strncmp(state, "cull=0 frun=", 12) == 0, "in text");
	check_result(device_read(cache->device, state, 8), -EMSGSIZE, "which does not fit a small buffer");
	cache_end(cache);
}

/* What `bind` could not do once it can do later. */
static void bind_again(struct cache *cache)
{
	static const char path[] = "cache/again";

	cache->device = device_open();
	check_result(device_tell(cache->device, "dir %s", path), 0, "a directory is named");
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	check_result(device_tell(cache->device, "bind ondemand"), -ENOTDIR, "a file cannot be bound");
	unlink(path);
	check_result(device_tell(cache->device, "bind ondemand"), -ENOENT, "nor what is not there");
	mkdir(path, 0700);
	check_result(device_tell(cache->device, "bind ondemand"), 0, "a directory can, at the third attempt");
	check_result(device_tell(cache->device, "restore"), 0, "and the cache is on-demand");
	cache_end(cache);
}

static void test_form(struct cache *cache)
{
	(void)cache;
	with_device(form);
}

static void test_size(struct cache *cache)
{
	(void)cache;
	with_device(size);
}

static void test_limits(struct cache *cache)
{
	(void)cache;
	with_device(limits_of);
}

static void test_before_bind(struct cache *cache)
{
	(void)cache;
	with_device(before_bind);
}

static const struct test tests[] = {
	{ "what is no command is refused", test_form, true },
	{ "a command is shorter than a page", test_size, true },
	{ "limits are percentages in order", test_limits, true },
	{ "before bind, names are taken once and nothing else is done", test_before_bind, true },
	{ "after bind, nothing is named or bound again", bound, false },
	{ "without ondemand there are no requests to answer", bound_normally, true },
	{ "a bind that failed can be tried again", bind_again, true },
};

const struct group commands_group = GROUP("commands", tests);
