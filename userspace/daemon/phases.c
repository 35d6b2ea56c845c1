// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/phases.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/scope.h"

/* Connections that wait to be taken. */
#define BACKLOG 8

/**
 * struct phases_connection - a program
 * @ring: shared with it, so that anything in it may change at any moment
 * @tail: how many of its records have been taken
 */
struct phases_connection {
	struct phases *phases;
	int fd;
	sd_event_source *source;
	struct phase_ring *ring;
	size_t ring_bytes;
	uint64_t tail;
};

void phases_init(struct phases *phases)
{
	*phases = (struct phases){ .fd = -1 };
}

int phases_listen(struct phases *phases, sd_event *event, uid_t uid)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t bytes = sizeof(address);
	int fd scope_close = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
				    SOCK_NONBLOCK, 0);

	/* An address without a name: the kernel finds one (unix(7), autobind). */
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)) ||
	    listen(fd, BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)&address, &bytes))
		return -errno;
	if (bytes <= offsetof(struct sockaddr_un, sun_path) + 1 ||
	    bytes - offsetof(struct sockaddr_un, sun_path) >= sizeof(phases->name))
		return -EADDRNOTAVAIL;
	snprintf(phases->name, sizeof(phases->name), "@%.*s",
		 (int)(bytes - offsetof(struct sockaddr_un, sun_path) - 1),
		 address.sun_path + 1);
	phases->event = event;
	phases->uid = uid;
	phases->fd = fd;
	fd = -1;
	return 0;
}

/* ---- a program ------------------------------------------------------------ */

static uint32_t count_values(const struct phases *phases)
{
	uint32_t n = 0;

	for (size_t i = 0; i < phases->n_groups; i++)
		n += phases->groups[i].n;
	return n;
}

static uint32_t record_bytes(const struct phases *phases)
{
	return phase_record_bytes((uint32_t)phases->n_groups,
				  count_values(phases));
}

static uint32_t ring_records(const struct phases *phases)
{
	return (PHASE_RING_BYTES - PHASE_RING_HEAD_BYTES) / record_bytes(phases);
}

static void take_edge(struct phases *phases, const struct phase_edge *edge)
{
	struct phase_reading readings[PHASE_VALUES_MAX];
	const uint64_t *words = edge->words;
	char name[TIERSCOPE_PHASE_NAME_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < phases->n_groups; i++) {
		for (uint32_t j = 0; j < phases->groups[i].n; j++)
			readings[n++] = (struct phase_reading){
				words[2 + j], words[0], words[1],
			};
		words += 2 + phases->groups[i].n;
	}
	snprintf(name, sizeof(name), "%.*s", (int)sizeof(name) - 1, edge->name);
	phase_pairs_edge(&phases->pairs, edge->begin, name, edge->thread,
			 edge->time_ns, readings);
}

static void drain(struct phases_connection *connection)
{
	struct phases *phases = connection->phases;
	uint32_t bytes = record_bytes(phases), n = ring_records(phases);
	uint64_t head = atomic_load_explicit(&connection->ring->head,
					     memory_order_acquire);
	_Alignas(struct phase_edge) char copy[sizeof(struct phase_edge) +
		sizeof(uint64_t) * (2 * PHASE_GROUPS_MAX + PHASE_VALUES_MAX)];

	/* Nonsense, of a program that writes there itself. */
	if (head - connection->tail > n)
		connection->tail = head;
	for (; connection->tail != head; connection->tail++) {
		memcpy(copy, (char *)connection->ring + PHASE_RING_HEAD_BYTES +
			     connection->tail % n * bytes, bytes);
		take_edge(phases, (const struct phase_edge *)copy);
	}
	atomic_store_explicit(&connection->ring->tail, head, memory_order_release);
}

static void forget(struct phases_connection *connection)
{
	struct phases *phases = connection->phases;

	drain(connection);
	phases->n_lost += atomic_load(&connection->ring->lost);
	for (size_t i = 0; i < PHASES_CONNECTIONS_MAX; i++)
		if (phases->connections[i] == connection)
			phases->connections[i] = NULL;
	sd_event_source_disable_unref(connection->source);
	munmap(connection->ring, connection->ring_bytes);
	close(connection->fd);
	free(connection);
}

static int on_program(sd_event_source *source, int fd, uint32_t events,
		      void *data)
{
	struct phases_connection *connection = data;
	char bell;
	ssize_t n = recv(fd, &bell, 1, MSG_DONTWAIT);

	(void)source;
	(void)events;
	/* One that says more than it needs is heard again later. */
	if (n > 0)
		drain(connection);
	else if (!n || (errno != EAGAIN && errno != EINTR))
		forget(connection);
	return 0;
}

static int send_hello(const struct phases *phases, int to, int ring)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * (PHASE_GROUPS_MAX + 1))];
	} control = { 0 };
	struct phase_hello hello = {
		.magic = PHASE_MAGIC,
		.version = PHASE_VERSION,
		.n_groups = (uint32_t)phases->n_groups,
		.record_bytes = record_bytes(phases),
		.n_records = ring_records(phases),
	};
	size_t bytes = sizeof(int) * (phases->n_groups + 1);
	struct iovec text = { &hello, sizeof(hello) };
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = CMSG_SPACE(bytes),
	};
	int fds[PHASE_GROUPS_MAX + 1] = { ring };

	for (size_t i = 0; i < phases->n_groups; i++) {
		hello.n_values[i] = phases->groups[i].n;
		fds[i + 1] = phases->groups[i].fd;
	}
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(&control.header), fds, bytes);
	return sendmsg(to, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* What cannot be made smaller while we look at it. */
static int make_ring(struct phases_connection *connection)
{
	int fd scope_close = memfd_create("tierscope-phases",
					  MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *ring;
	int err;

	connection->ring_bytes = PHASE_RING_BYTES;
	if (fd < 0 || ftruncate(fd, PHASE_RING_BYTES) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return -errno;
	ring = mmap(NULL, connection->ring_bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	err = send_hello(connection->phases, connection->fd, fd);
	if (err) {
		munmap(ring, connection->ring_bytes);
		return err;
	}
	connection->ring = ring;
	return 0;
}

static bool may_connect(const struct phases *phases, int fd)
{
	struct ucred peer;
	socklen_t bytes = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) &&
	       (peer.uid == phases->uid || !peer.uid);
}

static int take_program(struct phases *phases, int fd, size_t slot)
{
	struct phases_connection *connection = calloc(1, sizeof(*connection));
	int err;

	if (!connection)
		return -ENOMEM;
	connection->phases = phases;
	connection->fd = fd;
	err = make_ring(connection);
	if (err)
		goto free_connection;
	err = sd_event_add_io(phases->event, &connection->source, fd,
			      EPOLLIN | EPOLLRDHUP, on_program, connection);
	if (err < 0)
		goto unmap_ring;
	phases->connections[slot] = connection;
	return 0;

unmap_ring:
	munmap(connection->ring, connection->ring_bytes);
free_connection:
	free(connection);
	return err;
}

static int on_connection(sd_event_source *source, int fd, uint32_t events,
			 void *data)
{
	int program = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct phases *phases = data;
	size_t slot = 0;

	(void)source;
	(void)events;
	if (program < 0)
		return 0;
	while (slot < PHASES_CONNECTIONS_MAX && phases->connections[slot])
		slot++;
	if (slot == PHASES_CONNECTIONS_MAX || !may_connect(phases, program) ||
	    take_program(phases, program, slot)) {
		phases->n_refused++;
		close(program);
	}
	return 0;
}

/* ---- the run -------------------------------------------------------------- */

int phases_serve(struct phases *phases, const struct phases_group *groups,
		 size_t n, phase_keep_fn keep, void *data)
{
	int err;

	if (phases->fd < 0 || n > PHASE_GROUPS_MAX)
		return -EINVAL;
	if (n)
		memcpy(phases->groups, groups, n * sizeof(*groups));
	phases->n_groups = n;
	if (count_values(phases) > PHASE_VALUES_MAX)
		return -EINVAL;
	phase_pairs_init(&phases->pairs, count_values(phases), keep, data);
	err = sd_event_add_io(phases->event, &phases->source, phases->fd,
			      EPOLLIN, on_connection, phases);
	return err < 0 ? err : 0;
}

void phases_drain(struct phases *phases)
{
	for (size_t i = 0; i < PHASES_CONNECTIONS_MAX; i++)
		if (phases->connections[i])
			drain(phases->connections[i]);
	phase_pairs_flush(&phases->pairs);
}

void phases_end(struct phases *phases)
{
	phases->source = sd_event_source_disable_unref(phases->source);
	if (phases->fd >= 0)
		close(phases->fd);
	phases->fd = -1;
	for (size_t i = 0; i < PHASES_CONNECTIONS_MAX; i++)
		if (phases->connections[i])
			forget(phases->connections[i]);
	phase_pairs_end(&phases->pairs);
}
