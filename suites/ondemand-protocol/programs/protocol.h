/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of `protocol` share: checks in KTAP, the raw device, a daemon that answers right unless a test does it, and tasks. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <linux/cachefiles.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PAGE 4096L
#define MAX_OBJECTS 64
#define MAX_MOUNTS 32
#define PATH_SIZE 512

/* A request as the kernel gives it. */
struct message {
	union {
		struct cachefiles_msg head;
		char bytes[CACHEFILES_MSG_MAX_SIZE];
	};
};

/* A cache file that is open: its id, its anonymous fd, and the cookie key, which is the name of a file in images/. */
struct object {
	uint32_t id;
	int fd;
	char key[256];
};

/* The device, what is open through it, and what is mounted from it. */
struct cache {
	int device;
	struct object objects[MAX_OBJECTS];
	size_t object_count;
	char mounts[MAX_MOUNTS][PATH_SIZE];
	size_t mount_count;
};

/* A child that may be stuck in the kernel. */
struct task {
	pid_t pid;
	int pidfd;
};

/* What a task's status is besides an error number. */
#define WRONG_CONTENT 200
#define KILLED 256

struct test {
	const char *name;
	void (*run)(struct cache *cache);
	/* The cache is not bound beforehand, nor ended afterwards. */
	bool is_bare;
};

struct group {
	const char *name;
	const struct test *tests;
	size_t count;
};

#define GROUP(name, tests) { name, tests, sizeof(tests) / sizeof((tests)[0]) }

/*
 * checks.c: `check` returns what it was told, `check_result` whether `got` (0 or a negative error number) is `wanted`. A failure of
 * `check_known` that has the symptom of suites/known-issues/ISSUE.txt fails nothing.
 */
bool check(bool is_right, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool check_result(long got, long wanted, const char *format, ...) __attribute__((format(printf, 3, 4)));
void check_known(bool is_right, bool has_symptom, const char *issue, const char *what);
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void evidence(const char *name, long value);
int run_group(const struct group *group);

/* waits.c: seconds are meant for KVM and grow with CRUCIBLE_SCALE. */
#define PATIENCE 10
int deadline_ms(int seconds);
long now_ms(void);
bool wait_until(int seconds, bool (*is_so)(const void *), const void *of);
long proc_number(const char *path, const char *key);
long proc_rows(const char *path);

/* device.c: 0 or a negative error number. */
extern long commands_told;
extern long requests_taken;
int device_open(void);
int device_write(int device, const void *bytes, size_t size);
int device_tell(int device, const char *format, ...) __attribute__((format(printf, 2, 3)));
int device_poll(int device, int milliseconds);
ssize_t device_read(int device, void *buffer, size_t size);

/* cache.c */
int cache_open(struct cache *cache);
void cache_prepare(void);
off_t cache_size(const char *key);
bool cache_begin(struct cache *cache);
void cache_end(struct cache *cache);
bool cache_mount(struct cache *cache, const char *image);
struct task cache_mount_start(struct cache *cache, const char *image, const char *where);
void cache_unmount(struct cache *cache, const char *image);
bool cache_settle(struct cache *cache);
void mount_path(char *path, const char *image);
bool cookies_are_gone(const void *unused);

/* answers.c: take waits for a request and returns its opcode, or a negative error number. */
int take(struct cache *cache, struct message *message);
bool expect(struct cache *cache, struct message *message, enum cachefiles_opcode opcode, const char *what);
int copen(const struct cache *cache, uint32_t id, const char *size);
int cread(int fd, unsigned long id);
struct object *object_of(struct cache *cache, uint32_t id);
struct object *object_named(struct cache *cache, const char *key);
struct object *object_take(struct cache *cache, const struct message *open);
void object_close(struct cache *cache, struct object *object);
int fill(struct cache *cache, const struct message *read);
int answer(struct cache *cache, const struct message *message);
int finish(struct cache *cache, struct task *task);
bool is_asked(const struct cache *cache, const struct task *task);
int answer_until_ends(struct cache *cache, struct task *task, void (*reply)(struct cache *cache, const struct message *message));
const struct cachefiles_open *open_of(const struct message *message);
const struct cachefiles_read *read_of(const struct message *message);

/* tasks.c */
struct task task_start(void (*body)(const void *), const void *argument);
int task_end(struct task *task, int seconds);
bool task_runs(const struct task *task);
bool task_sleeps_in(const struct task *task, const char *function);
void task_signal(const struct task *task, int number);
struct task reader_start(const char *image, off_t page);
bool any_task_lives(void);
void tasks_kill(void);

extern const struct group commands_group;
extern const struct group message_ids_group;
extern const struct group anonymous_fd_group;
extern const struct group polling_group;
extern const struct group restoring_group;
extern const struct group killing_group;
extern const struct group sharing_group;
extern const struct group closing_group;
extern const struct group collision_group;
extern const struct group limits_group;
extern const struct group poll_race_group;
extern const struct group reopen_race_group;

int fuzz_main(int argc, char **argv);

#endif
