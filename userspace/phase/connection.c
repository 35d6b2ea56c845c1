// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phase/connection.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A daemon walks page tables and writes to a disk in between. */
#define HELLO_MS	5000

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static int connect_to(const char *name)
{
	struct timeval timeout = { .tv_sec = HELLO_MS / 1000 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n = strlen(name);
	socklen_t bytes;
	int fd, err;

	if (name[0] != '@' || n > sizeof(address.sun_path))
		return -ENOENT;
	/* The first byte stays 0: an abstract name. */
	memcpy(address.sun_path + 1, name + 1, n - 1);
	bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) ||
	    connect(fd, (const struct sockaddr *)&address, bytes)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* What is sane of it is all that a program checks: the daemon is root's. */
static bool is_good(const struct phase_hello *hello)
{
	uint32_t n = 0;

	if (hello->magic != PHASE_MAGIC || hello->version != PHASE_VERSION ||
	    hello->n_groups > PHASE_GROUPS_MAX || !hello->n_records)
		return false;
	for (uint32_t i = 0; i < hello->n_groups; i++) {
		if (hello->n_values[i] > PHASE_VALUES_MAX)
			return false;
		n += hello->n_values[i];
	}
	return n <= PHASE_VALUES_MAX &&
	       hello->record_bytes == phase_record_bytes(hello->n_groups, n);
}

static int take_hello(int fd, struct phase_hello *hello, int *fds, size_t *n)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * (PHASE_GROUPS_MAX + 1))];
	} control;
	struct iovec data = { hello, sizeof(*hello) };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct cmsghdr *header;
	ssize_t got;

	if (poll(&poll_fd, 1, HELLO_MS) <= 0)
		return -ETIMEDOUT;
	got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	if (got < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS) {
		*n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(header), *n * sizeof(int));
	}
	/* Nothing at all: it has no room for one more, or does not know us. */
	if (!got)
		return -ECONNREFUSED;
	return (size_t)got == sizeof(*hello) && is_good(hello) &&
	       *n == hello->n_groups + 1 ? 0 : -EPROTO;
}

static int map_ring(struct phase_connection *connection, int fd)
{
	struct stat st;
	void *ring;

	connection->ring_bytes = PHASE_RING_HEAD_BYTES +
		(uint64_t)connection->hello.n_records * connection->hello.record_bytes;
	if (fstat(fd, &st))
		return -errno;
	if ((uint64_t)st.st_size < connection->ring_bytes)
		return -EPROTO;
	ring = mmap(NULL, connection->ring_bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	connection->ring = ring;
	return 0;
}

int phase_connection_open(struct phase_connection *ret)
{
	struct phase_connection connection = PHASE_CONNECTION_NONE;
	const char *name = getenv(PHASE_ENVIRONMENT);
	int fds[PHASE_GROUPS_MAX + 1];
	size_t n = 0;
	int err;

	if (!name)
		return -ENOENT;
	connection.socket = connect_to(name);
	if (connection.socket < 0)
		return connection.socket;
	err = take_hello(connection.socket, &connection.hello, fds, &n);
	if (!err)
		err = map_ring(&connection, fds[0]);
	if (err) {
		for (size_t i = 0; i < n; i++)
			close(fds[i]);
		close(connection.socket);
		return err;
	}
	close(fds[0]);
	memcpy(connection.groups, fds + 1, (n - 1) * sizeof(int));
	*ret = connection;
	return 0;
}

void phase_connection_close(struct phase_connection *connection)
{
	if (connection->socket < 0)
		return;
	munmap(connection->ring, connection->ring_bytes);
	for (uint32_t i = 0; i < connection->hello.n_groups; i++)
		close(connection->groups[i]);
	close(connection->socket);
	*connection = PHASE_CONNECTION_NONE;
}

/* read(2) of a group: how many values, ns enabled, ns running, the values. */
static void read_groups(const struct phase_connection *connection,
			uint64_t *words)
{
	for (uint32_t i = 0; i < connection->hello.n_groups; i++) {
		size_t n = connection->hello.n_values[i];
		uint64_t reading[3 + PHASE_VALUES_MAX];
		ssize_t bytes = (ssize_t)((3 + n) * sizeof(uint64_t));

		if (read(connection->groups[i], reading, (size_t)bytes) == bytes &&
		    reading[0] == n)
			memcpy(words, reading + 1, (2 + n) * sizeof(uint64_t));
		else
			memset(words, 0, (2 + n) * sizeof(uint64_t));
		words += 2 + n;
	}
}

int phase_connection_mark(struct phase_connection *connection, bool begin,
			  const char *name, uint32_t thread)
{
	struct phase_ring *ring = connection->ring;
	uint64_t n = connection->hello.n_records;
	uint64_t now = now_ns(), head, waiting;
	struct phase_edge *edge;

	head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	waiting = head - atomic_load_explicit(&ring->tail, memory_order_acquire);
	if (waiting >= n) {
		atomic_fetch_add_explicit(&ring->lost, 1, memory_order_relaxed);
		return -ENOBUFS;
	}
	edge = (struct phase_edge *)((char *)ring + PHASE_RING_HEAD_BYTES +
				     head % n * connection->hello.record_bytes);
	edge->thread = thread;
	edge->begin = begin;
	memset(edge->name, 0, sizeof(edge->name));
	memcpy(edge->name, name, strnlen(name, sizeof(edge->name) - 1));
	read_groups(connection, edge->words);
	/* Reading takes longer than all the rest, and is in no phase. */
	edge->time_ns = begin ? now_ns() : now;
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
	if (waiting == n / 2)
		send(connection->socket, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return 0;
}
