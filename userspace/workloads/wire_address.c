// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/wire_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/scope.h"
#include "workloads/argument.h"
#include "workloads/clock.h"
#include "workloads/wire.h"

#define RETRY_MS	50

static int refuse(char *error, size_t error_bytes, const char *text)
{
	snprintf(error, error_bytes,
		 "'%s' is no address: it is unix:PATH, with a path of up to %d bytes, or tcp:HOST:PORT, with a port up to 65535",
		 text, WIRE_ADDRESS_PATH_MAX - 1);
	return -EINVAL;
}

static int parse_tcp(const char *text, struct wire_address *a)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (!n || argument_count(colon + 1, 0, UINT16_MAX, &port))
		return -EINVAL;
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n)) {
		return -EINVAL;
	}
	if (!n || n >= sizeof(a->host))
		return -EINVAL;
	memcpy(a->host, text, n);
	a->port = (uint16_t)port;
	a->kind = WIRE_ADDRESS_TCP;
	return 0;
}

int wire_address_parse(const char *text, char *error, size_t error_bytes,
		       struct wire_address *ret)
{
	struct wire_address a = { .kind = WIRE_ADDRESS_UNIX };

	if (!strncmp(text, "tcp:", 4)) {
		if (parse_tcp(text + 4, &a))
			return refuse(error, error_bytes, text);
	} else {
		size_t n = strlen(text);

		if (strncmp(text, "unix:", 5) || n == 5 ||
		    n - 5 >= sizeof(a.path))
			return refuse(error, error_bytes, text);
		memcpy(a.path, text + 5, n - 5);
	}
	*ret = a;
	return 0;
}

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

static struct sockaddr_un unix_name(const struct wire_address *a)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memcpy(name.sun_path, a->path, sizeof(a->path));
	return name;
}

/* Whether @path is a socket that nobody listens at. */
static int check_stale(const struct wire_address *a)
{
	struct sockaddr_un name = unix_name(a);
	struct stat status;
	scope_close int fd = -1;

	if (lstat(a->path, &status))
		return -errno;
	if (!S_ISSOCK(status.st_mode))
		return -ENOTSOCK;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		return fd;
	if (!connect(fd, (struct sockaddr *)&name, sizeof(name)) ||
	    errno == EAGAIN)
		return -EADDRINUSE;
	return errno == ECONNREFUSED ? 0 : -errno;
}

/* Linux gives the file the mode of the socket's inode, less the umask (unix(7),
 * and unix_bind() in net/unix/af_unix.c), so that it never has another. */
static int bind_unix(struct wire_listener *l)
{
	struct sockaddr_un name = unix_name(&l->address);
	struct stat status;
	int err;

	l->fd = new_socket(AF_UNIX);
	if (l->fd < 0)
		return l->fd;
	if (fchmod(l->fd, 0600))
		return -errno;
	if (bind(l->fd, (struct sockaddr *)&name, sizeof(name))) {
		if (errno != EADDRINUSE)
			return -errno;
		err = check_stale(&l->address);
		if (err)
			return err;
		if (unlink(l->address.path) ||
		    bind(l->fd, (struct sockaddr *)&name, sizeof(name)))
			return -errno;
	}
	if (lstat(l->address.path, &status))
		return -errno;
	l->device = status.st_dev;
	l->inode = status.st_ino;
	return 0;
}

static int look_up(const struct wire_address *a, int flags, char *error,
		   size_t error_bytes, struct addrinfo **ret)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = flags | AI_NUMERICSERV,
	};
	char port[8];
	int failure;

	snprintf(port, sizeof(port), "%u", a->port);
	failure = getaddrinfo(a->host, port, &hints, ret);
	if (!failure)
		return 0;
	snprintf(error, error_bytes, "cannot find the address of '%s': %s",
		 a->host, failure == EAI_SYSTEM ? strerror(errno) :
						  gai_strerror(failure));
	return -ENOENT;
}

/* The port that the kernel chose, if it did. */
static void find_port(struct wire_listener *l)
{
	struct sockaddr_storage name;
	socklen_t n = sizeof(name);

	if (getsockname(l->fd, (struct sockaddr *)&name, &n))
		return;
	if (name.ss_family == AF_INET)
		l->address.port =
			ntohs(((struct sockaddr_in *)&name)->sin_port);
	else if (name.ss_family == AF_INET6)
		l->address.port =
			ntohs(((struct sockaddr_in6 *)&name)->sin6_port);
}

static int bind_tcp(struct wire_listener *l, char *error, size_t error_bytes)
{
	struct addrinfo *list = NULL;
	int on = 1, err;

	err = look_up(&l->address, AI_PASSIVE, error, error_bytes, &list);
	if (err)
		return err;
	err = -EADDRNOTAVAIL;
	for (struct addrinfo *i = list; i && err; i = i->ai_next) {
		l->fd = new_socket(i->ai_family);
		err = l->fd < 0 ? l->fd : 0;
		if (!err && (setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on,
					sizeof(on)) ||
			     bind(l->fd, i->ai_addr, i->ai_addrlen))) {
			err = -errno;
			close(l->fd);
			l->fd = -1;
		}
	}
	freeaddrinfo(list);
	if (!err)
		find_port(l);
	return err;
}

static const char *why(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "another process listens there";
	case -ENOTSOCK:
		return "a file is there that is no socket";
	}
	return strerror(-err);
}

static void describe(struct wire_listener *l)
{
	const struct wire_address *a = &l->address;
	bool literal = strchr(a->host, ':');

	if (a->kind == WIRE_ADDRESS_UNIX)
		snprintf(l->text, sizeof(l->text), "unix:%s", a->path);
	else
		snprintf(l->text, sizeof(l->text), "tcp:%s%s%s:%u",
			 literal ? "[" : "", a->host, literal ? "]" : "",
			 a->port);
}

int wire_listen(const struct wire_address *address, char *error,
		size_t error_bytes, struct wire_listener *ret)
{
	struct wire_listener l = { .address = *address, .fd = -1 };
	int err;

	error[0] = '\0';
	if (address->kind == WIRE_ADDRESS_UNIX)
		err = bind_unix(&l);
	else
		err = bind_tcp(&l, error, error_bytes);
	if (!err && listen(l.fd, 8))
		err = -errno;
	describe(&l);
	if (err) {
		if (!error[0])
			snprintf(error, error_bytes,
				 "cannot wait for a server at %s: %s", l.text,
				 why(err));
		wire_listener_close(&l);
		return err;
	}
	*ret = l;
	return 0;
}

void wire_listener_close(struct wire_listener *l)
{
	struct stat status;

	if (l->fd < 0)
		return;
	if (l->inode && !lstat(l->address.path, &status) &&
	    status.st_dev == l->device && status.st_ino == l->inode)
		unlink(l->address.path);
	close(l->fd);
	l->fd = -1;
}

/* Frames are whole when they are written: nothing is gained by waiting for
 * more. Fails on unix sockets, which do not wait anyway. */
static void send_at_once(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int wire_accept(const struct wire_listener *l, uint64_t deadline_ns, int *ret)
{
	for (;;) {
		int fd = accept4(l->fd, NULL, NULL,
				 SOCK_CLOEXEC | SOCK_NONBLOCK), err;

		if (fd >= 0) {
			send_at_once(fd);
			*ret = fd;
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			return -errno;
		err = wire_poll(l->fd, POLLIN, deadline_ns);
		if (err)
			return err;
	}
}

static int connect_to(int family, const struct sockaddr *name, socklen_t n,
		      uint64_t deadline_ns, int *ret)
{
	scope_close int fd = new_socket(family);
	socklen_t size = sizeof(int);
	int err, failure;

	if (fd < 0)
		return fd;
	if (connect(fd, name, n)) {
		if (errno != EINPROGRESS && errno != EINTR)
			return -errno;
		err = wire_poll(fd, POLLOUT, deadline_ns);
		if (err)
			return err;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size))
			return -errno;
		if (failure)
			return -failure;
	}
	send_at_once(fd);
	*ret = fd;
	fd = -1;
	return 0;
}

static int connect_once(const struct wire_address *a,
			const struct addrinfo *list, uint64_t deadline_ns,
			int *ret)
{
	struct sockaddr_un name = unix_name(a);
	int err = -EADDRNOTAVAIL;

	if (a->kind == WIRE_ADDRESS_UNIX)
		return connect_to(AF_UNIX, (struct sockaddr *)&name,
				  sizeof(name), deadline_ns, ret);
	for (const struct addrinfo *i = list; i && err; i = i->ai_next)
		err = connect_to(i->ai_family, i->ai_addr, i->ai_addrlen,
				 deadline_ns, ret);
	return err;
}

/* What may be over in a moment: an owner that is about to listen. */
static bool may_come(int err)
{
	return err == -ENOENT || err == -ECONNREFUSED || err == -EAGAIN;
}

int wire_connect(const struct wire_address *address, const char *text,
		 uint64_t deadline_ns, char *error, size_t error_bytes,
		 int *ret)
{
	struct addrinfo *list = NULL;
	int err = 0;

	if (address->kind == WIRE_ADDRESS_TCP)
		err = look_up(address, 0, error, error_bytes, &list);
	if (err)
		return err;
	for (;;) {
		err = connect_once(address, list, deadline_ns, ret);
		if (!may_come(err) || clock_ns() >= deadline_ns)
			break;
		poll(NULL, 0, RETRY_MS);
	}
	if (list)
		freeaddrinfo(list);
	if (err)
		snprintf(error, error_bytes,
			 "cannot reach a data owner at %s: %s; it is started by --data-owner %s",
			 text, strerror(-err), text);
	return err;
}
