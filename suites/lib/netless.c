// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network file system without a network. Each line written to /sys/kernel/debug/netless is one call of the API that fscache gives to
 * network file systems (Documentation/filesystems/caching/netfs-api.rst); what is read from the same open file is its result: an error
 * such as `-ENOBUFS`, or `ok` and what the call gave. A line that makes no sense is refused with EINVAL. suites/lib/netless.sh is the
 * shell's side. Volumes, cookies and operations have names, which the caller chooses; whoever gives one back while it is used elsewhere
 * makes the mistake that a file system would make.
 *
 * It is one file because a module of ours is built of one (runner/kernel/external-modules.ts).
 *
 * The content of a file is computed: a byte follows from its offset and from a generation between 1 and 7, and none is zero.
 */
#include <linux/bvec.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/fscache-cache.h>
#include <linux/fscache.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <trace/events/fscache.h>

/* 6.8 asks a write for the most that it may become, and 6.10 whether pages are marked, which until then had another name. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define prepare(ops, cres, start, length, i_size, fresh) (ops)->prepare_write(cres, start, length, i_size, fresh)
#else
#define prepare(ops, cres, start, length, i_size, fresh) \
	(ops)->prepare_write(cres, start, length, round_up(*(length), PAGE_SIZE), i_size, fresh)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define folio_start_private_2 folio_start_fscache
#define write_to_cache(cookie, mapping, start, length, i_size, done, data, caching) \
	fscache_write_to_cache(cookie, mapping, start, length, i_size, done, data, caching)
#else
#define write_to_cache(cookie, mapping, start, length, i_size, done, data, caching) \
	fscache_write_to_cache(cookie, mapping, start, length, i_size, done, data, true, caching)
#endif

#define NETLESS_MOST_WORDS 8
#define NETLESS_MOST_BYTES (256 * 1024)
#define NETLESS_GENERATIONS 7

enum netless_kind { NETLESS_VOLUME, NETLESS_COOKIE, NETLESS_OPERATION };

struct netless_thing {
	struct list_head link;
	enum netless_kind kind;
	struct fscache_volume *volume;
	struct fscache_cookie *cookie;
	struct netfs_cache_resources cres;
	char name[32];
};

/* One line and its answer. */
struct netless_call {
	int argc;
	char **argv;
	char *answer;
	size_t size, used;
};

static LIST_HEAD(netless_things);
static DEFINE_MUTEX(netless_lock);

/* Words and answers */

static __printf(2, 3) void say(struct netless_call *call, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	call->used += vscnprintf(call->answer + call->used, call->size - call->used, format, args);
	va_end(args);
}

/* The n-th word, or NULL when there is none or it is `-`. */
static const char *word(const struct netless_call *call, int n)
{
	return n < call->argc && strcmp(call->argv[n], "-") ? call->argv[n] : NULL;
}

static bool has_word(const struct netless_call *call, int n, const char *text)
{
	const char *said = word(call, n);

	return said && !strcmp(said, text);
}

static int number(const struct netless_call *call, int n, loff_t *value)
{
	const char *text = word(call, n);

	return text ? kstrtoll(text, 0, value) : -EINVAL;
}

static const struct {
	int number;
	const char *name;
} netless_errors[] = {
	{ EIO, "EIO" }, { ENOMEM, "ENOMEM" }, { EBUSY, "EBUSY" }, { EINVAL, "EINVAL" }, { ENODATA, "ENODATA" },
	{ ENOBUFS, "ENOBUFS" }, { ESTALE, "ESTALE" }, { ENXIO, "ENXIO" }, { ENOSPC, "ENOSPC" }, { EOPNOTSUPP, "EOPNOTSUPP" },
};

/* Answers `ok`, or the error's name; returns whether it was `ok`. */
static bool answer(struct netless_call *call, ssize_t result)
{
	size_t i;

	if (result >= 0) {
		say(call, "ok");
		return true;
	}
	for (i = 0; i < ARRAY_SIZE(netless_errors); i++)
		if (netless_errors[i].number == -result)
			break;
	if (i < ARRAY_SIZE(netless_errors))
		say(call, "-%s", netless_errors[i].name);
	else
		say(call, "%zd", result);
	return false;
}

/* Things by name */

static struct netless_thing *find_locked(enum netless_kind kind, const char *name)
{
	struct netless_thing *thing;

	list_for_each_entry(thing, &netless_things, link)
		if (thing->kind == kind && !strcmp(thing->name, name))
			return thing;
	return NULL;
}

static struct netless_thing *find(struct netless_call *call, int n, enum netless_kind kind)
{
	struct netless_thing *thing = NULL;
	const char *name = word(call, n);

	if (!name)
		return NULL;
	mutex_lock(&netless_lock);
	thing = find_locked(kind, name);
	mutex_unlock(&netless_lock);
	return thing;
}

static struct netless_thing *new_thing(struct netless_call *call, enum netless_kind kind)
{
	const char *name = word(call, 1);
	struct netless_thing *thing;

	if (!name || find(call, 1, kind))
		return NULL;
	thing = kzalloc(sizeof(*thing), GFP_KERNEL);
	if (thing) {
		thing->kind = kind;
		strscpy(thing->name, name, sizeof(thing->name));
	}
	return thing;
}

static void keep(struct netless_thing *thing)
{
	mutex_lock(&netless_lock);
	list_add(&thing->link, &netless_things);
	mutex_unlock(&netless_lock);
}

static void forget(struct netless_thing *thing)
{
	mutex_lock(&netless_lock);
	list_del(&thing->link);
	mutex_unlock(&netless_lock);
	kfree(thing);
}

/* Volumes and cookies */

/* acquire-volume NAME KEY [CACHE] [COHERENCY] */
static int acquire_volume(struct netless_call *call)
{
	const char *coherency = word(call, 4);
	struct netless_thing *thing = new_thing(call, NETLESS_VOLUME);

	if (!thing)
		return -EINVAL;
	thing->volume = fscache_acquire_volume(call->argv[2], word(call, 3), coherency, coherency ? strlen(coherency) : 0);
	if (IS_ERR(thing->volume)) {
		answer(call, PTR_ERR(thing->volume));
		kfree(thing);
		return 0;
	}
	keep(thing);
	say(call, "ok V=%08x", thing->volume ? thing->volume->debug_id : 0);
	return 0;
}

/* relinquish-volume NAME [COHERENCY] [invalidate] */
static int relinquish_volume(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_VOLUME);
	const char *coherency = word(call, 2);

	if (!thing || (coherency && strlen(coherency) != thing->volume->coherency_len))
		return -EINVAL;
	fscache_relinquish_volume(thing->volume, coherency, has_word(call, 3, "invalidate"));
	forget(thing);
	answer(call, 0);
	return 0;
}

/* acquire-cookie NAME VOLUME KEY AUX SIZE [single-chunk]; a key of `0x...` is binary, and one of `-` is empty. */
static int acquire_cookie(struct netless_call *call)
{
	struct netless_thing *volume = find(call, 2, NETLESS_VOLUME), *thing;
	const char *aux = word(call, 4), *text = word(call, 3);
	size_t length = text ? strlen(text) : 0;
	u8 key[256] = {};
	loff_t size;

	if (!volume || number(call, 5, &size))
		return -EINVAL;
	if (length > 2 && !strncmp(text, "0x", 2)) {
		length = (length - 2) / 2;
		if (length > sizeof(key) || hex2bin(key, text + 2, length))
			return -EINVAL;
	} else {
		memcpy(key, text, min(length, sizeof(key)));
	}
	thing = new_thing(call, NETLESS_COOKIE);
	if (!thing)
		return -EINVAL;
	thing->cookie = fscache_acquire_cookie(volume->volume, has_word(call, 6, "single-chunk") ? FSCACHE_ADV_SINGLE_CHUNK : 0, key, length,
					       aux, aux ? strlen(aux) : 0, size);
	if (!thing->cookie) {
		say(call, "null");
		kfree(thing);
		return 0;
	}
	keep(thing);
	say(call, "ok c=%08x", thing->cookie->debug_id);
	return 0;
}

static const char *const netless_states[FSCACHE_COOKIE_STATE__NR] = {
	[FSCACHE_COOKIE_STATE_QUIESCENT] = "quiescent",		[FSCACHE_COOKIE_STATE_LOOKING_UP] = "looking-up",
	[FSCACHE_COOKIE_STATE_CREATING] = "creating",		[FSCACHE_COOKIE_STATE_ACTIVE] = "active",
	[FSCACHE_COOKIE_STATE_INVALIDATING] = "invalidating",	[FSCACHE_COOKIE_STATE_FAILED] = "failed",
	[FSCACHE_COOKIE_STATE_LRU_DISCARDING] = "lru-discarding", [FSCACHE_COOKIE_STATE_WITHDRAWING] = "withdrawing",
	[FSCACHE_COOKIE_STATE_RELINQUISHING] = "relinquishing", [FSCACHE_COOKIE_STATE_DROPPED] = "dropped",
};

static const struct {
	int bit;
	const char *name;
} netless_flags[] = {
	{ FSCACHE_COOKIE_NO_DATA_TO_READ, "no-data" },	 { FSCACHE_COOKIE_HAVE_DATA, "have-data" },
	{ FSCACHE_COOKIE_DISABLED, "disabled" },	 { FSCACHE_COOKIE_LOCAL_WRITE, "local-write" },
	{ FSCACHE_COOKIE_NEEDS_UPDATE, "needs-update" }, { FSCACHE_COOKIE_DO_INVALIDATE, "do-invalidate" },
};

/* show COOKIE */
static int show(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	const struct fscache_cookie *cookie;
	size_t i;

	if (!thing)
		return -EINVAL;
	cookie = thing->cookie;
	say(call, "ok state=%s active=%d accesses=%d inval=%u size=%lld flags=", netless_states[READ_ONCE(cookie->state)],
	    atomic_read(&cookie->n_active), atomic_read(&cookie->n_accesses), cookie->inval_counter, cookie->object_size);
	for (i = 0; i < ARRAY_SIZE(netless_flags); i++)
		if (test_bit(netless_flags[i].bit, &cookie->flags))
			say(call, "%s,", netless_flags[i].name);
	return 0;
}

/* Whether the word is missing, or as long as the coherency data that the cookie was acquired with. */
static bool is_aux(const struct netless_thing *thing, const char *aux)
{
	return !aux || strlen(aux) == thing->cookie->aux_len;
}

/* use COOKIE [modify] */
static int use(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);

	if (!thing)
		return -EINVAL;
	fscache_use_cookie(thing->cookie, has_word(call, 2, "modify"));
	answer(call, 0);
	return 0;
}

/* unuse COOKIE [AUX] [SIZE] */
static int unuse(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	loff_t size;

	if (!thing || !is_aux(thing, word(call, 2)))
		return -EINVAL;
	fscache_unuse_cookie(thing->cookie, word(call, 2), number(call, 3, &size) ? NULL : &size);
	answer(call, 0);
	return 0;
}

/* update COOKIE [AUX] [SIZE] */
static int update(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	loff_t size;

	if (!thing || !is_aux(thing, word(call, 2)))
		return -EINVAL;
	fscache_update_cookie(thing->cookie, word(call, 2), number(call, 3, &size) ? NULL : &size);
	answer(call, 0);
	return 0;
}

/* resize COOKIE SIZE */
static int resize(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	loff_t size;

	if (!thing || number(call, 2, &size))
		return -EINVAL;
	fscache_resize_cookie(thing->cookie, size);
	answer(call, 0);
	return 0;
}

/* invalidate COOKIE AUX SIZE [dio] */
static int invalidate(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	loff_t size;

	if (!thing || !is_aux(thing, word(call, 2)) || number(call, 3, &size))
		return -EINVAL;
	fscache_invalidate(thing->cookie, word(call, 2), size, has_word(call, 4, "dio") ? FSCACHE_INVAL_DIO_WRITE : 0);
	answer(call, 0);
	return 0;
}

/* relinquish COOKIE [retire] */
static int relinquish(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);

	if (!thing)
		return -EINVAL;
	fscache_relinquish_cookie(thing->cookie, has_word(call, 2, "retire"));
	forget(thing);
	answer(call, 0);
	return 0;
}

/* note-release COOKIE: a page that was copied to the cache has left the page cache */
static int note_release(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);

	if (!thing)
		return -EINVAL;
	fscache_note_page_release(thing->cookie);
	answer(call, 0);
	return 0;
}

/* get COOKIE: one more reference, as only a cache backend takes it, which outlives the name; put: gives it back */
static struct fscache_cookie *netless_reference;

static int get_reference(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);

	if (!thing || netless_reference)
		return -EINVAL;
	netless_reference = fscache_get_cookie(thing->cookie, fscache_cookie_get_attach_object);
	answer(call, 0);
	return 0;
}

static int put_reference(struct netless_call *call)
{
	if (!netless_reference)
		return -EINVAL;
	fscache_put_cookie(netless_reference, fscache_cookie_put_object);
	netless_reference = NULL;
	answer(call, 0);
	return 0;
}

/* null: every function that takes a volume or a cookie takes NULL, and does nothing */
static int null(struct netless_call *call)
{
	struct netfs_cache_resources cres = {};

	if (fscache_acquire_cookie(NULL, 0, "key", 3, NULL, 0, 0))
		return -EINVAL;
	fscache_use_cookie(NULL, true);
	fscache_update_cookie(NULL, "aux", NULL);
	fscache_resize_cookie(NULL, 1);
	fscache_invalidate(NULL, NULL, 0, 0);
	fscache_note_page_release(NULL);
	fscache_unuse_cookie(NULL, NULL, NULL);
	fscache_relinquish_cookie(NULL, true);
	fscache_relinquish_volume(NULL, NULL, false);
	fscache_end_operation(&cres);
	answer(call, fscache_begin_read_operation(&cres, NULL));
	return 0;
}

/* Operations */

/* begin NAME COOKIE read|write */
static int begin(struct netless_call *call)
{
	struct netless_thing *cookie = find(call, 2, NETLESS_COOKIE), *thing;
	int error;

	if (!cookie || call->argc < 4)
		return -EINVAL;
	thing = new_thing(call, NETLESS_OPERATION);
	if (!thing)
		return -EINVAL;
	error = has_word(call, 3, "write") ? fscache_begin_write_operation(&thing->cres, cookie->cookie)
					   : fscache_begin_read_operation(&thing->cres, cookie->cookie);
	if (answer(call, error))
		keep(thing);
	else
		kfree(thing);
	return 0;
}

/* end NAME */
static int end(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_OPERATION);

	if (!thing)
		return -EINVAL;
	fscache_end_operation(&thing->cres);
	forget(thing);
	answer(call, 0);
	return 0;
}

static u8 content(int generation, u64 offset)
{
	return (u8)(generation * 0x2f + offset * 0x35 + (offset >> 8) * 0x4b + (offset >> 16) * 0x1d) | 1;
}

/* Says what stands in a buffer that was filled from `offset` on: runs of `GENERATION:BYTES`, `z` for zeroes, `?` for anything else. */
static void describe(struct netless_call *call, const u8 *data, size_t length, u64 offset)
{
	size_t at = 0, unknown = 0;

	while (at < length) {
		size_t best = 0, run;
		int generation, is = 0;

		for (generation = 0; generation <= NETLESS_GENERATIONS; generation++) {
			for (run = 0; at + run < length; run++)
				if (data[at + run] != (generation ? content(generation, offset + at + run) : 0))
					break;
			if (run > best) {
				best = run;
				is = generation;
			}
		}
		/* A byte fits some generation by chance, eight hardly. */
		if (best < 8 && at + best < length) {
			unknown++;
			at++;
			continue;
		}
		if (unknown)
			say(call, "?:%zu,", unknown);
		unknown = 0;
		say(call, is ? "%d:" : "z:", is);
		say(call, "%zu,", best);
		at += best;
	}
	if (unknown)
		say(call, "?:%zu,", unknown);
}

struct netless_buffer {
	struct bio_vec *vecs;
	unsigned int pages;
	u8 *data;
};

static void free_buffer(struct netless_buffer *buffer)
{
	unsigned int i;

	if (buffer->data)
		vunmap(buffer->data);
	for (i = 0; i < buffer->pages; i++)
		__free_page(buffer->vecs[i].bv_page);
	kfree(buffer->vecs);
}

/* Whole pages, mapped in a row, which hold `length` bytes from the same offset in a page that `start` has. */
static int make_buffer(struct netless_buffer *buffer, loff_t start, size_t length)
{
	unsigned int wanted = DIV_ROUND_UP(offset_in_page(start) + length, PAGE_SIZE), i;
	struct page **pages;

	*buffer = (struct netless_buffer){ .vecs = kcalloc(wanted, sizeof(*buffer->vecs), GFP_KERNEL) };
	pages = kcalloc(wanted, sizeof(*pages), GFP_KERNEL);
	for (i = 0; buffer->vecs && pages && i < wanted; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			break;
		buffer->pages++;
		buffer->vecs[i].bv_page = pages[i];
		buffer->vecs[i].bv_len = PAGE_SIZE;
	}
	if (buffer->pages == wanted)
		buffer->data = vmap(pages, wanted, VM_MAP, PAGE_KERNEL);
	kfree(pages);
	if (buffer->data)
		return 0;
	free_buffer(buffer);
	return -ENOMEM;
}

struct netless_io {
	struct completion done;
	ssize_t result;
};

static void io_done(void *data, ssize_t result, bool was_async)
{
	struct netless_io *io = data;

	io->result = result;
	complete(&io->done);
}

static int parse_io(struct netless_call *call, struct netless_thing **operation, loff_t *start, loff_t *length)
{
	*operation = find(call, 1, NETLESS_OPERATION);
	if (!*operation || number(call, 2, start) || number(call, 3, length) || *start < 0 || *length <= 0 || *length > NETLESS_MOST_BYTES)
		return -EINVAL;
	return 0;
}

/* Without a termination function the call is synchronous; with one, its end is waited for. */
static ssize_t transfer(struct netless_thing *thing, loff_t start, struct iov_iter *iter, int hole, bool is_sync)
{
	struct netless_io io;
	netfs_io_terminated_t done = is_sync ? NULL : io_done;
	int result;

	init_completion(&io.done);
	if (hole < 0)
		result = fscache_write(&thing->cres, start, iter, done, &io);
	else
		result = fscache_read(&thing->cres, start, iter, hole, done, &io);
	if (is_sync)
		return result;
	wait_for_completion(&io.done);
	return io.result;
}

/* read OPERATION START LENGTH ignore|clear|fail [sync]: the bytes that came, and what stands in the whole buffer */
static int read(struct netless_call *call)
{
	static const char *const holes[] = {
		[NETFS_READ_HOLE_IGNORE] = "ignore", [NETFS_READ_HOLE_CLEAR] = "clear", [NETFS_READ_HOLE_FAIL] = "fail"
	};
	struct netless_buffer buffer;
	struct netless_thing *thing;
	loff_t start, length;
	struct iov_iter iter;
	ssize_t result;
	int hole;

	if (call->argc < 5 || parse_io(call, &thing, &start, &length))
		return -EINVAL;
	hole = match_string(holes, ARRAY_SIZE(holes), call->argv[4]);
	if (hole < 0)
		return hole;
	if (make_buffer(&buffer, start, length))
		return -ENOMEM;
	iov_iter_bvec(&iter, READ, buffer.vecs, buffer.pages, offset_in_page(start) + length);
	iov_iter_advance(&iter, offset_in_page(start));
	/* What a read does not touch stays as it is here. */
	memset(buffer.data + offset_in_page(start), 0xfe, length);
	result = transfer(thing, start, &iter, hole, has_word(call, 5, "sync"));
	if (answer(call, result)) {
		say(call, " %zd ", result);
		describe(call, buffer.data + offset_in_page(start), length, start);
	}
	free_buffer(&buffer);
	return 0;
}

/* write OPERATION START LENGTH GENERATION [sync]: the bytes that went */
static int write(struct netless_call *call)
{
	loff_t start, length, generation, i;
	struct netless_buffer buffer;
	struct netless_thing *thing;
	struct iov_iter iter;
	ssize_t result;

	if (parse_io(call, &thing, &start, &length) || number(call, 4, &generation))
		return -EINVAL;
	if (make_buffer(&buffer, start, length))
		return -ENOMEM;
	for (i = 0; i < length; i++)
		buffer.data[offset_in_page(start) + i] = content(generation, start + i);
	iov_iter_bvec(&iter, WRITE, buffer.vecs, buffer.pages, offset_in_page(start) + length);
	iov_iter_advance(&iter, offset_in_page(start));
	result = transfer(thing, start, &iter, -1, has_word(call, 5, "sync"));
	if (answer(call, result))
		say(call, " %zd", result);
	free_buffer(&buffer);
	return 0;
}

/* prepare-write OPERATION START LENGTH I_SIZE [fresh]: the range that the cache takes */
static int prepare_write(struct netless_call *call)
{
	const struct netfs_cache_ops *ops;
	struct netless_thing *thing;
	loff_t start, long_length, i_size;
	size_t length;
	int error;

	if (parse_io(call, &thing, &start, &long_length) || number(call, 4, &i_size))
		return -EINVAL;
	length = long_length;
	ops = fscache_operation_valid(&thing->cres);
	error = prepare(ops, &thing->cres, &start, &length, i_size, has_word(call, 5, "fresh"));
	if (answer(call, error))
		say(call, " %lld %zu", start, length);
	return 0;
}

/* occupancy OPERATION START LENGTH GRANULARITY: where the next data is, and how much */
static int occupancy(struct netless_call *call)
{
	const struct netfs_cache_ops *ops;
	loff_t start, length, granularity;
	struct netless_thing *thing;
	size_t data_length = 0;
	loff_t data_start = 0;
	int error;

	if (parse_io(call, &thing, &start, &length) || number(call, 4, &granularity))
		return -EINVAL;
	ops = fscache_operation_valid(&thing->cres);
	error = ops->query_occupancy(&thing->cres, start, length, granularity, &data_start, &data_length);
	if (answer(call, error))
		say(call, " %lld %zu", data_start, data_length);
	return 0;
}

/* The pages of a range are there, and each is marked as being copied to the cache. */
static int mark_pages(struct address_space *mapping, loff_t start, loff_t length)
{
	pgoff_t index;

	for (index = start >> PAGE_SHIFT; index <= (start + length - 1) >> PAGE_SHIFT; index++) {
		struct page *page = shmem_read_mapping_page(mapping, index);

		if (IS_ERR(page))
			return PTR_ERR(page);
		folio_start_private_2(page_folio(page));
		put_page(page);
	}
	return 0;
}

static unsigned int marked_pages(struct address_space *mapping, loff_t start, loff_t length)
{
	unsigned int marked = 0;
	pgoff_t index;

	for (index = start >> PAGE_SHIFT; index <= (start + length - 1) >> PAGE_SHIFT; index++) {
		struct page *page = find_get_page(mapping, index);

		if (!page)
			continue;
		marked += folio_test_private_2(page_folio(page));
		put_page(page);
	}
	return marked;
}

/* store COOKIE PATH START LENGTH: write-back of a file of a tmpfs to the cache; the bytes that went, and the pages that are still marked */
static int store(struct netless_call *call)
{
	struct netless_thing *thing = find(call, 1, NETLESS_COOKIE);
	struct address_space *mapping;
	loff_t start, length;
	struct netless_io io;
	struct path path;
	bool caching;
	int error;

	if (!thing || !word(call, 2) || number(call, 3, &start) || number(call, 4, &length) || start < 0 || length <= 0)
		return -EINVAL;
	error = kern_path(call->argv[2], 0, &path);
	if (error)
		return error;
	mapping = d_inode(path.dentry)->i_mapping;
	caching = fscache_cookie_enabled(thing->cookie);
	error = caching ? mark_pages(mapping, start, length) : 0;
	if (!error) {
		init_completion(&io.done);
		write_to_cache(thing->cookie, mapping, start, length, i_size_read(mapping->host), io_done, &io, caching);
		wait_for_completion(&io.done);
		if (answer(call, io.result))
			say(call, " %zd", io.result);
		say(call, " marked=%u", marked_pages(mapping, start, length));
	}
	path_put(&path);
	return error;
}

/* The lines */

static const struct {
	const char *name;
	int words;
	int (*run)(struct netless_call *call);
} netless_calls[] = {
	{ "acquire-volume", 3, acquire_volume },
	{ "relinquish-volume", 2, relinquish_volume },
	{ "acquire-cookie", 6, acquire_cookie },
	{ "show", 2, show },
	{ "use", 2, use },
	{ "unuse", 2, unuse },
	{ "update", 2, update },
	{ "resize", 3, resize },
	{ "invalidate", 4, invalidate },
	{ "relinquish", 2, relinquish },
	{ "note-release", 2, note_release },
	{ "get", 2, get_reference },
	{ "put", 1, put_reference },
	{ "null", 1, null },
	{ "begin", 4, begin },
	{ "end", 2, end },
	{ "read", 5, read },
	{ "write", 5, write },
	{ "prepare-write", 5, prepare_write },
	{ "occupancy", 5, occupancy },
	{ "store", 5, store },
};

static int perform(struct netless_call *call)
{
	size_t i;

	for (i = 0; call->argc > 0 && i < ARRAY_SIZE(netless_calls); i++)
		if (!strcmp(call->argv[0], netless_calls[i].name))
			return call->argc < netless_calls[i].words || call->argc > NETLESS_MOST_WORDS ? -EINVAL : netless_calls[i].run(call);
	return -EINVAL;
}

static ssize_t netless_write(struct file *file, const char __user *text, size_t size, loff_t *offset)
{
	char *line = simple_transaction_get(file, text, size);
	struct netless_call call = { .size = SIMPLE_TRANSACTION_LIMIT };
	int error;

	if (IS_ERR(line))
		return PTR_ERR(line);
	call.argv = argv_split(GFP_KERNEL, line, &call.argc);
	if (!call.argv)
		return -ENOMEM;
	/* The words are copies; the answer takes the place of the line. */
	call.answer = line;
	error = perform(&call);
	argv_free(call.argv);
	if (error)
		return error;
	say(&call, "\n");
	simple_transaction_set(file, call.used);
	return size;
}

static const struct file_operations netless_fops = {
	.owner = THIS_MODULE,
	.write = netless_write,
	.read = simple_transaction_read,
	.release = simple_transaction_release,
};

static struct dentry *netless_file;

static int __init netless_init(void)
{
	netless_file = debugfs_create_file("netless", 0600, NULL, NULL, &netless_fops);
	return PTR_ERR_OR_ZERO(netless_file);
}
module_init(netless_init);

/* What a case that failed has left is given back, operations before cookies and those before volumes. */
static void give_back(enum netless_kind kind)
{
	struct netless_thing *thing, *next;

	list_for_each_entry_safe(thing, next, &netless_things, link) {
		if (thing->kind != kind)
			continue;
		if (kind == NETLESS_OPERATION)
			fscache_end_operation(&thing->cres);
		while (kind == NETLESS_COOKIE && atomic_read(&thing->cookie->n_active) > 0)
			fscache_unuse_cookie(thing->cookie, NULL, NULL);
		if (kind == NETLESS_COOKIE)
			fscache_relinquish_cookie(thing->cookie, false);
		if (kind == NETLESS_VOLUME)
			fscache_relinquish_volume(thing->volume, NULL, false);
		forget(thing);
	}
}

static void __exit netless_exit(void)
{
	debugfs_remove(netless_file);
	give_back(NETLESS_OPERATION);
	give_back(NETLESS_COOKIE);
	give_back(NETLESS_VOLUME);
}
module_exit(netless_exit);

MODULE_DESCRIPTION("A network file system without a network: fscache's API, one call a line");
MODULE_LICENSE("GPL");
