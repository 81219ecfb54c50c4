// SPDX-License-Identifier: GPL-2.0-only
/* The anonymous fd of an OPEN: what may be done with it, when, and what its last close means. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "protocol.h"

static _Alignas(PAGE) char buffer[4 * PAGE];

static long result_of(long done)
{
	return done < 0 ? -errno : done;
}

/* `pages` pages of what a.blob holds from `page` on, in the buffer. */
static void load(off_t page, size_t pages)
{
	int image = open("images/a.blob", O_RDONLY | O_CLOEXEC);

	check_result(result_of(pread(image, buffer, pages * PAGE, page * PAGE)), (long)pages * PAGE, "%zu pages are at hand", pages);
	close(image);
}

/* Of the file that has all the data of image a. */
static int mounted_fd(struct cache *cache)
{
	return cache_mount(cache, "a") && object_named(cache, "a.blob") ? object_named(cache, "a.blob")->fd : -1;
}

/* Page `number` is in the cache: nobody is asked, and the bytes are right. */
static void is_cached(struct cache *cache, off_t number)
{
	long before = requests_taken;
	struct task reader = reader_start("a", number);

	check_result(finish(cache, &reader), 0, "page %ld has the right bytes", (long)number);
	check_result(requests_taken, before, "and was in the cache");
}

static void sequential(struct cache *cache)
{
	int fd = mounted_fd(cache);

	load(0, 4);
	check_result(result_of(write(fd, buffer, PAGE)), PAGE, "write of a page");
	check_result(result_of(write(fd, buffer + PAGE, 2 * PAGE)), 2 * PAGE, "write of two more");
	check_result(result_of(write(fd, buffer + 3 * PAGE, PAGE)), PAGE, "write of another");
	for (off_t page = 0; page < 4; page++)
		is_cached(cache, page);
}

static void positioned(struct cache *cache)
{
	int fd = mounted_fd(cache);

	load(7, 2);
	check_result(result_of(pwrite(fd, buffer, 2 * PAGE, 7 * PAGE)), 2 * PAGE, "pwrite in the middle");
	check_result(result_of(pwrite(fd, buffer, PAGE, 7 * PAGE)), PAGE, "pwrite over it");
	load(0, 1);
	check_result(result_of(write(fd, buffer, PAGE)), PAGE, "write afterwards begins at the beginning");
	is_cached(cache, 0);
	is_cached(cache, 7);
	is_cached(cache, 8);
}

/* Both calls are documented; lseek moves the cache file's own position, which no write looks at. */
static void seek_and_write(struct cache *cache)
{
	int fd = mounted_fd(cache);

	load(5, 1);
	check_result(result_of(lseek(fd, 5 * PAGE, SEEK_SET)), 5 * PAGE, "lseek to a page");
	check_result(result_of(write(fd, buffer, PAGE)), PAGE, "write of a page");
	check_known(lseek(fd, 5 * PAGE, SEEK_DATA) == 5 * PAGE, lseek(fd, 0, SEEK_DATA) == 0, "ondemand-lseek-moves-no-write",
		    "it is where lseek went");
}

static void bad_writes(struct cache *cache)
{
	int fd = mounted_fd(cache);
	long status;

	load(0, 1);
	status = result_of(pwrite(fd, buffer, PAGE, 512));
	check_known(status == -ENOBUFS, status == PAGE && lseek(fd, 0, SEEK_HOLE) == PAGE, "ondemand-write-misplaced",
		    "pwrite that does not begin at a page");
	check_result(result_of(pwrite(fd, buffer, PAGE, -PAGE)), -EINVAL, "at a negative offset");
	check_result(result_of(pwrite(fd, (void *)PAGE, PAGE, 0)), -EFAULT, "of bytes that are not there");
	status = result_of(pwrite(fd, buffer + 1, PAGE, 0));
	check(status < 0 || status == PAGE, "from an odd address: an error, or all of it");
	status = result_of(pwrite(fd, buffer, 100, 0));
	check(status < 0 || status == 100, "of an odd length: an error, or all of it");
	status = result_of(pwrite(fd, buffer, PAGE, INT64_MAX - INT64_MAX % PAGE - PAGE));
	check(status < 0, "at the end of what an offset can be");
	check_result(result_of(write(fd, buffer, 0)), 0, "write of nothing");
}

static void seeks(struct cache *cache)
{
	int fd = mounted_fd(cache);
	off_t size = cache_size("a.blob");

	check_result(result_of(lseek(fd, 0, SEEK_END)), size, "the end is the size that copen gave");
	check_result(result_of(lseek(fd, 0, SEEK_DATA)), -ENXIO, "there is no data");
	check_result(result_of(lseek(fd, 0, SEEK_HOLE)), 0, "all is hole");
	load(3, 1);
	pwrite(fd, buffer, PAGE, 3 * PAGE);
	check_result(result_of(lseek(fd, 0, SEEK_DATA)), 3 * PAGE, "the data begins where it was written");
	check_result(result_of(lseek(fd, 3 * PAGE, SEEK_HOLE)), 4 * PAGE, "and ends there");
	check_result(result_of(lseek(fd, 4 * PAGE, SEEK_DATA)), -ENXIO, "behind it there is none");
	check_result(result_of(lseek(fd, -1, SEEK_SET)), -EINVAL, "a negative offset");
	check_result(result_of(lseek(fd, 0, 99)), -EINVAL, "a whence that is none");
	check_result(result_of(lseek(fd, size + PAGE, SEEK_HOLE)), -ENXIO, "beyond the end");
}

static void other_calls(struct cache *cache)
{
	int fd = mounted_fd(cache);
	struct stat stat;

	check_result(result_of(read(fd, buffer, PAGE)), -EBADF, "read");
	check_result(result_of(pread(fd, buffer, PAGE, 0)), -ESPIPE, "pread");
	check_result(result_of(ftruncate(fd, 0)), -EINVAL, "ftruncate");
	check_result(result_of(fallocate(fd, 0, 0, PAGE)), -ENODEV, "fallocate");
	check_result(result_of(fsync(fd)), -EINVAL, "fsync");
	check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED, "mmap");
	check_result(result_of(fstat(fd, &stat)), 0, "fstat");
	check_result(result_of(ioctl(fd, 0x9801, 0)), -EINVAL, "an ioctl that is none of its own");
	check_result(result_of(ioctl(fd, _IOW(0x98, 2, int), 0)), -EINVAL, "the number after READ_COMPLETE");
	check_result(result_of(ioctl(fd, _IOR(0x98, 1, int), 0)), -EINVAL, "READ_COMPLETE in the other direction");
	check_result(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY, "it is for writing only");
}

/* The cache file is there once the OPEN is answered, not before. */
static void before_copen(struct cache *cache)
{
	struct task mounter = cache_mount_start(cache, "a", "a");
	struct message message;
	int fd;

	if (!expect(cache, &message, CACHEFILES_OP_OPEN, "an OPEN is in hand"))
		return;
	fd = (int)open_of(&message)->fd;
	check_result(result_of(pwrite(fd, buffer, PAGE, 0)), -ENOBUFS, "pwrite");
	check_result(result_of(lseek(fd, 0, SEEK_END)), -ENOBUFS, "lseek");
	check_result(answer(cache, &message), 0, "the OPEN is completed");
	check_result(finish(cache, &mounter), 0, "the mount succeeds");
	check(lseek(fd, 0, SEEK_END) > 0, "lseek finds the file now");
}

static bool file_is_gone(const void *fd)
{
	return pwrite(*(const int *)fd, buffer, PAGE, 0) < 0 && errno == ENOBUFS;
}

/* The other file's goes in its own time. */
static bool one_cookie_is_left(const void *unused)
{
	(void)unused;
	return proc_rows("/proc/fs/fscache/cookies") == 1;
}

/* After CLOSE the fd is good for nothing, and harmless. */
static void after_close(struct cache *cache)
{
	int fd = dup(mounted_fd(cache));
	struct message message;

	cache_unmount(cache, "a");
	for (int i = 0; i < 2; i++)
		if (expect(cache, &message, CACHEFILES_OP_CLOSE, "a CLOSE comes for each file"))
			answer(cache, &message);
	check(wait_until(PATIENCE, file_is_gone, &fd), "pwrite finds no file");
	check(wait_until(PATIENCE, one_cookie_is_left, NULL), "the cookie lives as long as the fd does");
	check_result(result_of(lseek(fd, 0, SEEK_END)), -ENOBUFS, "lseek");
	check_result(cread(fd, message.head.msg_id), -EINVAL, "READ_COMPLETE");
	close(fd);
}

/* Where a page is asked for, the first request is an OPEN for a closed file, and a READ for one that is open. */
static void first_request_is(struct cache *cache, enum cachefiles_opcode opcode, off_t page, const char *what)
{
	struct task reader = reader_start("a", page);
	struct message message;
	long end = now_ms() + deadline_ms(PATIENCE);
	ssize_t got = 0;

	/* The first look may only set the reopening off: it gives nothing then. */
	while (got == 0 && now_ms() < end && is_asked(cache, &reader))
		got = device_read(cache->device, &message, sizeof(message));
	if (check(got > 0, "something is asked for")) {
		check_result(message.head.opcode, opcode, "%s", what);
		answer(cache, &message);
	}
	check_result(finish(cache, &reader), 0, "the reader ends with the right bytes");
}

static void duplicates(struct cache *cache)
{
	int fd = mounted_fd(cache);
	int second = dup(fd);
	struct message message;
	struct task reader;

	reader = reader_start("a", 1);
	if (!expect(cache, &message, CACHEFILES_OP_READ, "a READ is in hand"))
		return;
	fill(cache, &message);
	object_close(cache, object_named(cache, "a.blob"));
	check_result(cread(second, message.head.msg_id), 0, "READ_COMPLETE through a duplicate, the first fd closed");
	check_result(finish(cache, &reader), 0, "the reader ends with the right bytes");
	cache->objects[cache->object_count++] = (struct object){ .id = message.head.object_id, .fd = second, .key = "a.blob" };
	first_request_is(cache, CACHEFILES_OP_READ, 2, "while a duplicate is open the file is");
	object_close(cache, object_named(cache, "a.blob"));
	first_request_is(cache, CACHEFILES_OP_OPEN, 3, "when the last is closed the file is opened again");
	first_request_is(cache, CACHEFILES_OP_READ, 4, "once");
	check(object_named(cache, "a.blob")->id != message.head.object_id, "under another object id");
}

/* The file's READ is in hand when its fd is closed: it stays pending, and is completed through the fd of the next OPEN. */
static void closed_with_read_in_hand(struct cache *cache)
{
	struct message first;
	struct message message;
	struct task reader;
	struct task other;

	if (mounted_fd(cache) < 0)
		return;
	reader = reader_start("a", 1);
	if (!expect(cache, &first, CACHEFILES_OP_READ, "a READ is in hand"))
		return;
	object_close(cache, object_named(cache, "a.blob"));
	check(task_runs(&reader), "the reader still waits");
	other = reader_start("a", 2);
	while (is_asked(cache, &other) && device_read(cache->device, &message, sizeof(message)) == 0)
		;
	check_result(message.head.opcode, CACHEFILES_OP_OPEN, "another page has the file opened again");
	answer(cache, &message);
	first.head.object_id = message.head.object_id;
	check_result(answer(cache, &first), 0, "the READ is completed through the new fd");
	check_result(finish(cache, &reader), 0, "its reader ends with the right bytes");
	check_result(finish(cache, &other), 0, "so does the other");
}

static void outlives_device(struct cache *cache)
{
	int fd = mounted_fd(cache);
	int device;

	close(cache->device);
	cache->device = -1;
	device = device_open();
	check_result(device, -EBUSY, "while an anonymous fd is open the device is taken");
	check_result(cread(fd, 0), -EINVAL, "READ_COMPLETE finds no request");
	load(0, 1);
	pwrite(fd, buffer, PAGE, 0);
}

static const struct test tests[] = {
	{ "write goes on where the last write ended", sequential, false },
	{ "pwrite writes where it is told", positioned, false },
	{ "lseek says where the next write goes", seek_and_write, false },
	{ "a write that direct I/O cannot do is refused", bad_writes, false },
	{ "lseek finds data and holes of the cache file", seeks, false },
	{ "it is no other kind of file", other_calls, false },
	{ "before copen there is no file to write to", before_copen, false },
	{ "after CLOSE there is none any more", after_close, false },
	{ "the last duplicate that is closed closes the file", duplicates, false },
	{ "a READ outlives the fd of its file", closed_with_read_in_hand, false },
	{ "an fd that outlives the device keeps it taken", outlives_device, false },
};

const struct group anonymous_fd_group = GROUP("anonymous-fd", tests);
