// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest agent: runs programs and moves files for the host over a byte stream of frames.
 *
 * It only moves bytes. Whatever may block (a program, a file read or written) is done by a child, so that a silent agent
 * means a dead kernel and nothing else. One epoll loop, all descriptors edge-triggered: a virtio port whose host is away
 * reports POLLHUP for ever, and an edge says it once.
 *
 * Frame: u32 payload length, u32 request id, u8 type, 3 zero bytes, payload; little endian.
 *
 * agent                                   ports crucible.agent and crucible.results, waited for
 * agent --fd N [--results-fd M]           descriptors that are open already (tests on the host); ends with the peer
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROTOCOL = 1 };
/* host to guest */
enum { PING = 1, EXEC, STDIN, SIGNAL, PUSH_OPEN, PUSH_DATA, PULL, START };
/* guest to host */
enum { PONG = 65, STDOUT, STDERR, EXIT, OK, ERROR, DATA, HELLO, TAKEN };
enum { TO_RESULTS = 1, HAS_STDIN = 2, MERGE_STDERR = 4 };

#define MAX_JOBS 64
#define HEADER 12
/* Also the input a job may have outstanding: the host sends more only after TAKEN. */
#define WINDOW (256 * 1024)
#define OUT_SIZE (512 * 1024)
#define CHUNK (32 * 1024)
/* Kept free in the out queue, so that the answer to any one request fits. */
#define RESERVE 1024
/* The ports come with the virtio device; their names follow in later messages of its control queue. */
#define PORTS_DEADLINE_MS 60000

struct ring {
	unsigned char *data;
	size_t size, head, used;
};

struct stream {
	int fd;
	bool ready;
};

enum kind { NONE, RUN, SAVE, LOAD, ORPHAN };

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
	int failure_fd;
};

static struct job jobs[MAX_JOBS];
static struct ring out, results;
static struct stream port = { -1, false }, results_port = { -1, false };
static bool port_writable, connected, is_hung_up, is_socket;
static unsigned char inbox[HEADER + WINDOW];
static size_t inbox_used, skip;
static int poller;

static void die(const char *what)
{
	char line[256];
	int length = snprintf(line, sizeof(line), "<2>crucible agent: %s: %s\n", what, strerror(errno));
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (is_socket || fd < 0)
		fd = STDERR_FILENO;
	if (write(fd, line, length) < 0)
		_exit(2);
	_exit(1);
}

static uint32_t get32(const unsigned char *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put32(unsigned char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = value >> (8 * i);
}

static void put64(unsigned char *at, uint64_t value)
{
	put32(at, value);
	put32(at + 4, value >> 32);
}

static size_t room(const struct ring *ring)
{
	return ring->size - ring->used;
}

static bool ring_alloc(struct ring *ring, size_t size)
{
	*ring = (struct ring){ .data = malloc(size), .size = size };
	return ring->data;
}

static void ring_put(struct ring *ring, const void *data, size_t length)
{
	size_t tail = (ring->head + ring->used) % ring->size;
	size_t first = length < ring->size - tail ? length : ring->size - tail;

	memcpy(ring->data + tail, data, first);
	memcpy(ring->data, (const unsigned char *)data + first, length - first);
	ring->used += length;
}

/* Writes what fd takes; returns the bytes written, *blocked says why it stopped. A reader that is gone takes everything. */
static size_t ring_drain(struct ring *ring, int fd, bool *blocked)
{
	size_t moved = 0;

	*blocked = false;
	while (ring->used) {
		size_t length = ring->size - ring->head;
		ssize_t n;

		if (length > ring->used)
			length = ring->used;
		n = write(fd, ring->data + ring->head, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			*blocked = true;
			break;
		}
		if (n < 0)
			n = length;
		ring->head = (ring->head + n) % ring->size;
		ring->used -= n;
		moved += n;
	}
	return moved;
}

static void send_frame(uint8_t type, uint32_t id, const void *payload, size_t length)
{
	unsigned char header[HEADER] = { 0 };

	put32(header, length);
	put32(header + 4, id);
	header[8] = type;
	ring_put(&out, header, HEADER);
	ring_put(&out, payload, length);
}

__attribute__((format(printf, 3, 4))) static void send_error(uint32_t id, int error, const char *format, ...)
{
	unsigned char payload[4 + 512];
	va_list arguments;
	int length;

	put32(payload, error);
	va_start(arguments, format);
	length = vsnprintf((char *)payload + 4, 512, format, arguments);
	va_end(arguments);
	send_frame(ERROR, id, payload, 4 + (length > 511 ? 511 : length));
}

static void send_hello(void)
{
	unsigned char version[4];

	put32(version, PROTOCOL);
	send_frame(HELLO, 0, version, 4);
}

/* Events carry the address of the `struct stream` whose readiness changed. */
static bool watch(struct stream *stream, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events | EPOLLET, .data.ptr = stream };

	*stream = (struct stream){ fd, true };
	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 && epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void shut(struct stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	*stream = (struct stream){ -1, false };
}

static void shut_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static struct job *find(uint32_t id)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->kind != NONE && job->kind != ORPHAN && job->id == id)
			return job;
	return NULL;
}

static void clear(struct job *job)
{
	*job = (struct job){ .kind = NONE, .to_child.fd = -1, .out.fd = -1, .err.fd = -1, .failure_fd = -1 };
}

static void release(struct job *job)
{
	shut(&job->to_child);
	shut(&job->out);
	shut(&job->err);
	shut_fd(&job->failure_fd);
	free(job->in.data);
	clear(job);
}

static struct job *take_slot(void)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->kind == NONE)
			return job;
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		if (job->kind == ORPHAN) {
			release(job);
			return job;
		}
	errno = EAGAIN;
	return NULL;
}

/* A daemon may keep the pipes of the program that started it: they are read and thrown away, so that it never gets SIGPIPE. */
static void orphan(struct job *job)
{
	shut(&job->to_child);
	shut_fd(&job->failure_fd);
	job->kind = ORPHAN;
	if (job->out.fd < 0 && job->err.fd < 0)
		release(job);
}

/* The whole process group; the leader alone while it has not come to its setsid. */
static void signal_job(const struct job *job, int number)
{
	if (!job->reaped && kill(-job->pid, number) && errno == ESRCH)
		kill(job->pid, number);
}

static void end_session(void)
{
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++) {
		if (job->kind == NONE || job->kind == ORPHAN)
			continue;
		signal_job(job, SIGKILL);
		orphan(job);
	}
	out.used = 0;
}

/*
 * What it had sent in part goes with it. Its programs do not: the kernel tells of a host that left and came back later than it
 * hands over what the new one sent, so only START begins a session.
 */
static void lose_host(void)
{
	inbox_used = skip = 0;
	connected = is_hung_up = false;
}

/* --- what children do --------------------------------------------------------------------------------------------- */

static void reset_child(int in, int output, int error)
{
	sigset_t none;
	int fd;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "0", 1) == 1)
		close(fd);
	/* The pipes come from pipe2, and 0, 1, 2 are open in the agent: none of these is below 3. */
	dup2(in, 0);
	dup2(output, 1);
	dup2(error, 2);
}

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

/* Copies 0 to 1; returns an errno. */
static int copy(void)
{
	static unsigned char buffer[WINDOW];

	for (;;) {
		ssize_t length = read(0, buffer, sizeof(buffer));

		if (length == 0)
			return 0;
		if (length < 0)
			return errno;
		for (ssize_t done = 0; done < length;) {
			ssize_t n = write(1, buffer + done, length - done);

			if (n < 0)
				return errno;
			done += n;
		}
	}
}

static void interrupt(int number)
{
	(void)number;
}

static int save(char *path, mode_t mode)
{
	/* Without SA_RESTART, SIGTERM ends the read and leaves time to remove the half file. */
	struct sigaction stop = { .sa_handler = interrupt };
	char aside[4096];
	char *base = strrchr(path, '/');
	int fd, error;

	if (!base || base[1] == '\0')
		return EISDIR;
	if (snprintf(aside, sizeof(aside), "%.*s/.aside-%d-%s", (int)(base - path), path, getpid(), base + 1) >= (int)sizeof(aside))
		return ENAMETOOLONG;
	sigaction(SIGTERM, &stop, NULL);
	make_parents(path);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || dup2(fd, 1) < 0)
		return errno;
	error = copy();
	if (!error && (fchmod(fd, mode) || rename(aside, path)))
		error = errno;
	if (error)
		unlink(aside);
	return error;
}

static int load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, 0) < 0)
		return errno;
	return copy();
}

/* --- starting jobs ------------------------------------------------------------------------------------------------ */

struct pipes {
	int in[2], out[2], err[2], failure[2];
};

static void close_pipes(struct pipes *pipes)
{
	for (int *fd = (int *)pipes; fd < (int *)(pipes + 1); fd++)
		shut_fd(fd);
}

static bool open_pipes(struct pipes *pipes, bool has_in, bool has_err)
{
	memset(pipes, -1, sizeof(*pipes));
	if (!has_in)
		pipes->in[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if ((has_in ? pipe2(pipes->in, O_CLOEXEC) : pipes->in[0] < 0) || pipe2(pipes->out, O_CLOEXEC) ||
	    (has_err && pipe2(pipes->err, O_CLOEXEC)) || pipe2(pipes->failure, O_CLOEXEC)) {
		int error = errno;

		close_pipes(pipes);
		errno = error;
		return false;
	}
	return true;
}

/* Forks a job; returns NULL with errno in the agent on failure, and in the child with *in_child set. */
static struct job *launch(enum kind kind, uint32_t id, bool has_in, bool has_err, int *failure, bool *in_child)
{
	struct job *job = find(id) ? (errno = EEXIST, NULL) : take_slot();
	struct pipes pipes;
	pid_t pid;

	*in_child = false;
	if (!job || !open_pipes(&pipes, has_in, has_err))
		return NULL;
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close_pipes(&pipes);
		errno = error;
		return NULL;
	}
	if (pid == 0) {
		*in_child = true;
		reset_child(pipes.in[0], pipes.out[1], has_err ? pipes.err[1] : pipes.out[1]);
		*failure = pipes.failure[1];
		return NULL;
	}
	*job = (struct job){ .kind = kind, .id = id, .pid = pid, .failure_fd = pipes.failure[0] };
	fcntl(job->failure_fd, F_SETFL, O_NONBLOCK);
	job->to_child.fd = job->out.fd = job->err.fd = -1;
	if (has_in)
		watch(&job->to_child, pipes.in[1], EPOLLOUT);
	watch(&job->out, pipes.out[0], EPOLLIN);
	if (has_err)
		watch(&job->err, pipes.err[0], EPOLLIN);
	pipes.in[1] = pipes.out[0] = pipes.err[0] = pipes.failure[0] = -1;
	close_pipes(&pipes);
	return job;
}

/* Takes `count` NUL-terminated strings from *at; false when they are not all there. */
static bool take_strings(char **at, const char *end, char **strings, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		char *stop = memchr(*at, '\0', end - *at);

		if (!stop)
			return false;
		strings[i] = *at;
		*at = stop + 1;
	}
	strings[count] = NULL;
	return true;
}

static void start_exec(uint32_t id, unsigned char *payload, size_t length)
{
	static char *argv[4097], *envp[4097];
	char *at = (char *)payload + 12, *end = (char *)payload + length, *cwd[2];
	uint32_t flags, argc, envc;
	int failure, error;
	bool in_child;
	struct job *job;

	if (length < 12 || (argc = get32(payload + 4)) < 1 || argc > 4096 || (envc = get32(payload + 8)) > 4096 ||
	    !take_strings(&at, end, cwd, 1) || !take_strings(&at, end, argv, argc) || !take_strings(&at, end, envp, envc)) {
		send_error(id, EBADMSG, "malformed EXEC");
		return;
	}
	flags = get32(payload);
	job = launch(RUN, id, flags & HAS_STDIN, !(flags & MERGE_STDERR), &failure, &in_child);
	if (in_child) {
		environ = envp;
		if (chdir(cwd[0][0] ? cwd[0] : "/") == 0)
			execvp(argv[0], argv);
		error = errno;
		_exit(write(failure, &error, sizeof(error)) == sizeof(error) ? 127 : 126);
	}
	if (!job)
		send_error(id, errno, "cannot start %s: %s", argv[0], strerror(errno));
	else
		job->to_results = flags & TO_RESULTS;
}

static void start_copy(enum kind kind, uint32_t id, unsigned char *payload, size_t length)
{
	size_t skipped = kind == SAVE ? 4 : 0;
	char *path = (char *)payload + skipped;
	int failure;
	bool in_child;

	if (length <= skipped || payload[length - 1] != '\0' || path[0] != '/') {
		send_error(id, EBADMSG, "not an absolute path");
		return;
	}
	struct job *job = launch(kind, id, kind == SAVE, true, &failure, &in_child);

	if (in_child) {
		/* Copies of other jobs' pipes would keep them from ending. */
		if (close_range(3, ~0U, 0))
			_exit(errno);
		_exit(kind == SAVE ? save(path, get32(payload) & 07777) : load(path));
	}
	if (!job) {
		send_error(id, errno, "%s: %s", path, strerror(errno));
		return;
	}
	if (kind == SAVE)
		fcntl(job->to_child.fd, F_SETPIPE_SZ, WINDOW);
	else
		fcntl(job->out.fd, F_SETPIPE_SZ, WINDOW);
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static void feed(struct job *job, const unsigned char *data, size_t length)
{
	if (!job || job->to_child.fd < 0 || job->in_ended)
		return;
	if (length == 0) {
		job->in_ended = true;
		return;
	}
	if ((!job->in.data && !ring_alloc(&job->in, WINDOW)) || room(&job->in) < length) {
		/* The host went over its window. */
		signal_job(job, SIGKILL);
		job->in_ended = true;
		return;
	}
	ring_put(&job->in, data, length);
}

static void handle(uint8_t type, uint32_t id, unsigned char *payload, size_t length)
{
	struct job *job;

	switch (type) {
	case START:
		/* A new host; the old one may have been away too briefly to be missed. */
		end_session();
		send_hello();
		break;
	case PING: {
		struct timespec now;
		unsigned char uptime[8];

		clock_gettime(CLOCK_BOOTTIME, &now);
		put64(uptime, now.tv_sec * 1000000000ull + now.tv_nsec);
		send_frame(PONG, id, uptime, 8);
		break;
	}
	case EXEC:
		start_exec(id, payload, length);
		break;
	case STDIN:
	case PUSH_DATA:
		feed(find(id), payload, length);
		break;
	case SIGNAL:
		job = find(id);
		/* Not there any more: its EXIT is under way. */
		if (length == 4 && job)
			signal_job(job, (int)get32(payload));
		break;
	case PUSH_OPEN:
		start_copy(SAVE, id, payload, length);
		break;
	case PULL:
		start_copy(LOAD, id, payload, length);
		break;
	default:
		send_error(id, ENOSYS, "unknown request type %u", type);
	}
}

/* Handles whole frames while their answers fit; returns whether any was handled. */
static bool handle_frames(void)
{
	size_t at = 0;

	while (inbox_used - at >= HEADER && room(&out) >= RESERVE) {
		size_t length = get32(inbox + at);

		if (length > WINDOW) {
			send_error(get32(inbox + at + 4), EMSGSIZE, "a frame of %zu bytes; at most %d", length, WINDOW);
			skip = HEADER + length;
			if (skip > inbox_used - at) {
				skip -= inbox_used - at;
				at = inbox_used;
				break;
			}
			at += skip;
			skip = 0;
			continue;
		}
		if (inbox_used - at < HEADER + length)
			break;
		handle(inbox[at + 8], get32(inbox + at + 4), inbox + at + HEADER, length);
		at += HEADER + length;
	}
	memmove(inbox, inbox + at, inbox_used - at);
	inbox_used -= at;
	return at > 0;
}

/* Returns whether bytes came. A port reads as 0 bytes while its host is away. */
static bool read_port(void)
{
	bool moved = false;

	while (port.ready && inbox_used < sizeof(inbox)) {
		ssize_t n = read(port.fd, inbox + inbox_used, sizeof(inbox) - inbox_used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && !(is_socket && errno == ECONNRESET))
			die("port lost");
		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			/* What came before the end is handled first: it may be the START of the next host. */
			is_hung_up = true;
		}
		if (n <= 0) {
			port.ready = false;
			break;
		}
		moved = true;
		if (skip) {
			size_t drop = skip < (size_t)n ? skip : (size_t)n;

			memmove(inbox + inbox_used, inbox + inbox_used + drop, n - drop);
			skip -= drop;
			n -= drop;
		}
		inbox_used += n;
	}
	return moved;
}

/* --- moving bytes of jobs ----------------------------------------------------------------------------------------- */

static bool pump_in(struct job *job)
{
	unsigned char taken[4];
	bool blocked;
	size_t moved;

	if (job->to_child.fd < 0 || room(&out) < RESERVE)
		return false;
	moved = job->to_child.ready && job->in.used ? ring_drain(&job->in, job->to_child.fd, &blocked) : 0;
	if (moved) {
		job->to_child.ready = !blocked;
		put32(taken, moved);
		send_frame(TAKEN, job->id, taken, 4);
	} else if (job->in.used) {
		job->to_child.ready = false;
	}
	if (job->in_ended && !job->in.used)
		shut(&job->to_child);
	return moved > 0;
}

static bool pump_out(struct job *job, struct stream *stream, uint8_t type)
{
	static unsigned char buffer[CHUNK];
	bool to_results = job->to_results && type == STDOUT;
	size_t free_bytes = to_results ? room(&results) : room(&out);
	ssize_t n;

	if (!stream->ready || (job->kind != ORPHAN && free_bytes < RESERVE + HEADER + CHUNK))
		return false;
	n = read(stream->fd, buffer, CHUNK);
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		stream->ready = false;
		return false;
	}
	if (n == 0) {
		shut(stream);
		return true;
	}
	if (job->kind == ORPHAN)
		return true;
	if (to_results) {
		ring_put(&results, buffer, n);
		job->results_bytes += n;
	} else {
		send_frame(type, job->id, buffer, n);
	}
	return true;
}

static void answer_exit(struct job *job)
{
	unsigned char payload[16];
	int code = WIFEXITED(job->status) ? WEXITSTATUS(job->status) : -1;
	int error;

	if (job->kind != RUN) {
		if (code == 0)
			send_frame(job->kind == SAVE ? OK : DATA, job->id, NULL, 0);
		else
			send_error(job->id, code < 0 ? EINTR : code, "%s", code < 0 ? "killed" : strerror(code));
		return;
	}
	if (read(job->failure_fd, &error, sizeof(error)) == sizeof(error)) {
		send_error(job->id, error, "%s", strerror(error));
		return;
	}
	put32(payload, code);
	put32(payload + 4, WIFSIGNALED(job->status) ? WTERMSIG(job->status) : 0);
	put64(payload + 8, job->results_bytes);
	send_frame(EXIT, job->id, payload, sizeof(payload));
}

static bool pump_job(struct job *job)
{
	bool moved;

	if (job->kind == NONE)
		return false;
	moved = pump_in(job);
	moved |= pump_out(job, &job->out, job->kind == LOAD ? DATA : STDOUT);
	moved |= pump_out(job, &job->err, STDERR);
	if (job->kind == ORPHAN) {
		if (job->out.fd < 0 && job->err.fd < 0)
			release(job);
	} else if (job->reaped && !job->out.ready && !job->err.ready && room(&out) >= RESERVE) {
		answer_exit(job);
		orphan(job);
		moved = true;
	}
	return moved;
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
			if (job->kind != NONE && job->pid == pid && !job->reaped) {
				job->reaped = true;
				job->status = status;
				/* What it wrote before it ended is still in its pipes. */
				job->out.ready = job->out.fd >= 0;
				job->err.ready = job->err.fd >= 0;
			}
}

/* --- ports and the loop ------------------------------------------------------------------------------------------- */

static int open_port(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/virtio-ports/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		die(path);
	return fd;
}

/* Links /dev/virtio-ports/<name> for each port that has told its name (udev does this elsewhere); returns how many. */
static int link_ports(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int count = 0;

	mkdir("/dev/virtio-ports", 0755);
	while (dir && (entry = readdir(dir))) {
		char path[300], name[100] = "", link[128], target[300];
		int fd;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, name, sizeof(name) - 1) > 0) {
			name[strcspn(name, "\n")] = '\0';
			snprintf(link, sizeof(link), "/dev/virtio-ports/%s", name);
			snprintf(target, sizeof(target), "../%s", entry->d_name);
			if (symlink(target, link) == 0 || errno == EEXIST)
				count++;
		}
		close(fd);
	}
	if (dir)
		closedir(dir);
	return count;
}

static void wait_for_ports(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int events = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	struct pollfd wait = { .fd = events, .events = POLLIN };
	char message[8192];

	if (events < 0 || bind(events, (struct sockaddr *)&address, sizeof(address)))
		die("uevents");
	while (link_ports() < 4) {
		if (poll(&wait, 1, PORTS_DEADLINE_MS) == 0) {
			errno = ETIMEDOUT;
			die("waiting for the four virtio ports");
		}
		if (recv(events, message, sizeof(message), 0) < 0 && errno != ENOBUFS && errno != EINTR)
			die("uevents");
	}
	close(events);
}

static void protect(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "-1000", 5) == 5)
		close(fd);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	/* Daemons whose parents are gone are reaped here. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void open_channels(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--fd"))
			port.fd = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--results-fd"))
			results_port.fd = atoi(argv[i + 1]);
	}
	is_socket = port.fd >= 0;
	if (!is_socket) {
		protect();
		wait_for_ports();
		port.fd = open_port("crucible.agent");
		results_port.fd = open_port("crucible.results");
	}
	fcntl(port.fd, F_SETFD, FD_CLOEXEC);
	if (!watch(&port, port.fd, EPOLLIN | EPOLLOUT))
		die("agent port");
	if (results_port.fd >= 0) {
		fcntl(results_port.fd, F_SETFD, FD_CLOEXEC);
		if (!watch(&results_port, results_port.fd, EPOLLOUT))
			die("results port");
	}
}

static void on_event(const struct epoll_event *event, int children)
{
	struct stream *stream = event->data.ptr;

	if (!stream) {
		struct signalfd_siginfo info;

		while (read(children, &info, sizeof(info)) > 0)
			;
		reap();
		return;
	}
	stream->ready = stream->fd >= 0;
	if (stream != &port)
		return;
	port_writable = true;
	if (event->events & EPOLLHUP && !is_socket)
		lose_host();
	else
		connected = true;
}

static bool service(void)
{
	bool blocked, moved = false;

	if (connected) {
		moved |= read_port();
		moved |= handle_frames();
		if (is_hung_up && is_socket) {
			end_session();
			_exit(0);
		}
		if (is_hung_up)
			lose_host();
	}
	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		moved |= pump_job(job);
	if (connected && port_writable) {
		moved |= ring_drain(&out, port.fd, &blocked) > 0;
		port_writable = !blocked;
	}
	if (results_port.ready) {
		moved |= ring_drain(&results, results_port.fd, &blocked) > 0;
		results_port.ready = !blocked;
	} else if (results_port.fd < 0) {
		results.used = 0;
	}
	return moved;
}

int main(int argc, char **argv)
{
	struct epoll_event events[32], children_event = { .events = EPOLLIN };
	sigset_t child_signal;
	int children;

	for (struct job *job = jobs; job < jobs + MAX_JOBS; job++)
		clear(job);
	sigemptyset(&child_signal);
	sigaddset(&child_signal, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_signal, NULL);
	signal(SIGPIPE, SIG_IGN);
	children = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (children < 0 || poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, children, &children_event))
		die("set-up");
	if (!ring_alloc(&out, OUT_SIZE) || !ring_alloc(&results, OUT_SIZE))
		die("memory");
	open_channels(argc, argv);
	for (bool moved = true;;) {
		int count = epoll_wait(poller, events, 32, moved ? 0 : -1);

		for (int i = 0; i < count; i++)
			on_event(&events[i], children);
		moved = service();
	}
}
