// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * libnl opens the socket and makes and reads the attributes. Receiving is
 * ours: nl_recv() waits without a deadline when a signal comes, turns ENOBUFS
 * into NLE_NOMEM, and its parser ends before the extended ACK.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include <netlink/netlink.h>
#include <netlink/errno.h>
#include <netlink/socket.h>

#include "extack.h"
#include "netlink.h"
#include "scope.h"

/* The kernel fills messages of a dump up to the reader's buffer, at most 32 KiB
 * (netlink_recvmsg() in net/netlink/af_netlink.c). */
#define BUFFER_BYTES	32768

struct tierscope_link {
	struct nl_sock *sock;
	char *buffer;
	size_t size;
	struct nlmsghdr *next;	/* not yet handed out: @rest bytes of buffer */
	int rest;
};

uint64_t tierscope_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

int tierscope_netlink_errno(int nle)
{
	switch (nle < 0 ? -nle : nle) {
	case NLE_SUCCESS:
		return 0;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_INTR:
		return -EINTR;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_EXIST:
		return -EEXIST;
	case NLE_PERM:
		return -EPERM;
	case NLE_NOACCESS:
		return -EACCES;
	case NLE_BUSY:
		return -EBUSY;
	case NLE_OBJ_NOTFOUND:
	case NLE_NOATTR:
		return -ENOENT;
	case NLE_AF_NOSUPPORT:
		return -EAFNOSUPPORT;
	case NLE_PROTO_MISMATCH:
		return -EPROTONOSUPPORT;
	case NLE_MSGSIZE:
	case NLE_MSG_TOOSHORT:
	case NLE_MSG_TRUNC:
	case NLE_MSG_OVERFLOW:
		return -EBADMSG;
	case NLE_RANGE:
		return -ERANGE;
	case NLE_NODEV:
		return -ENODEV;
	case NLE_INVAL:
	case NLE_MISSING_ATTR:
		return -EINVAL;
	default:
		return -EIO;
	}
}

static struct tierscope_link *alloc_link(void)
{
	scope_link struct tierscope_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->buffer = malloc(BUFFER_BYTES);
	link->size = BUFFER_BYTES;
	link->sock = nl_socket_alloc();
	if (!link->buffer || !link->sock)
		return NULL;
	return scope_take(link);
}

int tierscope_link_adopt(int fd, struct tierscope_link **ret)
{
	scope_link struct tierscope_link *link = alloc_link();
	int error;

	if (!link)
		return -ENOMEM;
	/* Whether it is one is asked by libnl, all but the protocol, which it
	 * takes at our word: such a socket has no message of ours. */
	error = nl_socket_set_fd(link->sock, NETLINK_GENERIC, fd);
	if (error)
		return tierscope_netlink_errno(error);
	*ret = scope_take(link);
	return 0;
}

int tierscope_link_open(struct tierscope_link **ret)
{
	scope_link struct tierscope_link *link = alloc_link();
	int error;

	if (!link)
		return -ENOMEM;
	/* Port 0: the kernel picks one. libnl's own choice is made of the pid,
	 * and meets another library's in the same process. */
	nl_socket_set_local_port(link->sock, 0);
	error = nl_connect(link->sock, NETLINK_GENERIC);
	if (error)
		return tierscope_netlink_errno(error);
	error = nl_socket_set_nonblocking(link->sock);
	if (error)
		return tierscope_netlink_errno(error);
	error = tierscope_extack_enable(tierscope_link_fd(link));
	if (error)
		return error;
	*ret = scope_take(link);
	return 0;
}

void tierscope_link_close(struct tierscope_link *link)
{
	if (!link)
		return;
	nl_socket_free(link->sock);
	free(link->buffer);
	free(link);
}

int tierscope_link_fd(const struct tierscope_link *link)
{
	return nl_socket_get_fd(link->sock);
}

void tierscope_link_widen(struct tierscope_link *link, int bytes)
{
	int fd = tierscope_link_fd(link);
	const int on = 1;

	/* The first is for CAP_NET_ADMIN and knows no limit, the second for
	 * everyone and ends at net.core.rmem_max. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	/* After an overrun the kernel would otherwise drop everything until
	 * the queue is empty. What was lost is told by gaps. */
	setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on));
}

int tierscope_link_send(struct tierscope_link *link, struct nl_msg *message,
			uint32_t *ret_seq)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *header = nlmsg_hdr(message);
	ssize_t sent;

	header->nlmsg_pid = NL_AUTO_PORT;
	header->nlmsg_seq = NL_AUTO_SEQ;
	nl_complete_msg(link->sock, message);
	do {
		sent = sendto(tierscope_link_fd(link), header,
			      header->nlmsg_len, 0,
			      (struct sockaddr *)&kernel, sizeof(kernel));
	} while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return -errno;
	*ret_seq = header->nlmsg_seq;
	return 0;
}

/* Makes the buffer fit the datagram that waits. */
static int make_room(struct tierscope_link *link)
{
	ssize_t length = recv(tierscope_link_fd(link), NULL, 0,
			      MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	char *buffer;

	if (length < 0)
		return -errno;
	if ((size_t)length <= link->size)
		return 0;
	buffer = realloc(link->buffer, length);
	if (!buffer)
		return -ENOMEM;
	link->buffer = buffer;
	link->size = length;
	return 0;
}

static int receive(struct tierscope_link *link)
{
	struct sockaddr_nl sender = { 0 };
	struct iovec buffer;
	struct msghdr datagram = {
		.msg_name = &sender,
		.msg_namelen = sizeof(sender),
		.msg_iov = &buffer,
		.msg_iovlen = 1,
	};
	ssize_t length;
	int error;

	error = make_room(link);
	if (error)
		return error;
	buffer.iov_base = link->buffer;
	buffer.iov_len = link->size;
	length = recvmsg(tierscope_link_fd(link), &datagram, MSG_DONTWAIT);
	if (length < 0)
		return -errno;
	if (datagram.msg_flags & MSG_TRUNC)
		return -EBADMSG;
	if (datagram.msg_namelen != sizeof(sender) || sender.nl_pid != 0)
		return 0;
	link->next = (struct nlmsghdr *)link->buffer;
	link->rest = length;
	return 0;
}

static int wait_for(int fd, uint64_t deadline_ns)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };
	uint64_t now = tierscope_now_ns();
	int n, timeout_ms = 0;

	/* Rounded up, or the last millisecond would be spent spinning. */
	if (now < deadline_ns)
		timeout_ms = (deadline_ns - now + 999999) / 1000000;
	n = poll(&wanted, 1, timeout_ms);
	if (n < 0)
		return -errno;
	return n ? 0 : -EAGAIN;
}

int tierscope_link_next(struct tierscope_link *link, int timeout_ms,
			struct nlmsghdr **ret)
{
	uint64_t deadline_ns = tierscope_now_ns() + timeout_ms * 1000000ULL;
	int error;

	for (;;) {
		if (link->rest > 0) {
			if (!nlmsg_ok(link->next, link->rest)) {
				link->rest = 0;
				return -EBADMSG;
			}
			*ret = link->next;
			link->next = nlmsg_next(link->next, &link->rest);
			return 0;
		}
		error = receive(link);
		if (error == -EAGAIN)
			error = wait_for(tierscope_link_fd(link), deadline_ns);
		if (error)
			return error;
	}
}
