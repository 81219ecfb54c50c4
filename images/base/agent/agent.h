/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the agent share. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROTOCOL = 1 };
/* host to guest */
enum { PING = 1, EXEC, STDIN, SIGNAL, PUSH_OPEN, PUSH_DATA, PULL, START, GET_READY };
/* guest to host */
enum { PONG = 65, STDOUT, STDERR, EXIT, OK, ERROR, DATA, HELLO, TAKEN, SEEN };
enum { TO_RESULTS = 1, HAS_STDIN = 2, MERGE_STDERR = 4 };

#define MAX_JOBS 64
#define HEADER 12
/* Also the input a job may have outstanding: the host sends more only after TAKEN. */
#define WINDOW (256 * 1024)
#define OUT_SIZE (512 * 1024)
/* Kept free in the out queue, so that the answer to any one request fits. */
#define RESERVE 1024

struct ring {
	unsigned char *data;
	size_t size, head, used;
};

struct stream {
	int fd;
	bool ready;
};

enum kind { NONE, RUN, SAVE, LOAD, SPARE, ORPHAN };

struct job {
	enum kind kind;
	uint32_t id;
	pid_t pid;
	bool reaped;
	int status;
	bool to_results;
	uint64_t results_bytes;
	bool in_ended;
	struct ring in;
	struct stream to_child, out, err;
	int failure_fd, orders_fd;
};

/* What launch gives in the child. */
struct child {
	bool is_here;
	int failure, orders;
};

/* main.c: the two ports and what goes out through the second */
extern struct stream port, results_port;
extern struct ring results;
extern bool connected, is_hung_up, is_socket, is_serial;

/* init.c */
void begin_guest(void);

/* wire.c */
extern struct ring out;
_Noreturn void die(const char *what);
uint32_t get32(const unsigned char *at);
void put32(unsigned char *at, uint32_t value);
void put64(unsigned char *at, uint64_t value);
void send_frame(uint8_t type, uint32_t id, const void *payload, size_t length);
void send_error(uint32_t id, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));
void send_hello(void);

/* ring.c */
size_t room(const struct ring *ring);
bool ring_alloc(struct ring *ring, size_t size);
void ring_put(struct ring *ring, const void *data, size_t length);
size_t ring_drain(struct ring *ring, int fd, bool *blocked);

/* job.c */
extern struct job jobs[MAX_JOBS];
extern int poller;
bool watch(struct stream *stream, int fd, uint32_t events);
void shut(struct stream *stream);
void shut_fd(int *fd);
struct job *find(uint32_t id);
void clear(struct job *job);
void release(struct job *job);
struct job *take_slot(void);
void orphan(struct job *job);
void signal_job(const struct job *job, int number);
void reap(void);
void end_session(void);

/* launch.c */
struct job *launch(enum kind kind, uint32_t id, bool has_in, bool has_err, struct child *child);

/* execute.c: an EXEC's payload, taken apart */
struct command {
	uint32_t flags;
	char *cwd[2], *argv[4097], *envp[4097];
};
bool parse(struct command *command, unsigned char *payload, size_t length);
_Noreturn void become(struct command *command, int failure);
void start_exec(uint32_t id, unsigned char *payload, size_t length);

/* spare.c */
bool keep_spare(void);
void forget_spare(const struct job *job);
struct job *use_spare(uint32_t id, uint32_t flags, const unsigned char *payload, uint32_t length);

/* rehearsal.c */
bool keep_rehearsal(void);
void rehearse(void);

/* copy.c */
void start_copy(enum kind kind, uint32_t id, unsigned char *payload, size_t length);

/* clone.c */
void renew(const unsigned char *payload, size_t length);

/* requests.c */
bool read_port(void);
bool handle_frames(void);
void lose_host(void);
bool tell_seen(void);

/* pump.c */
bool pump_job(struct job *job);

/* ports.c */
bool wait_for_ports(void);
int open_port(const char *name);
