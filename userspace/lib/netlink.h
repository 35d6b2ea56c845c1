/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A generic netlink socket whose every wait has a deadline and whose every
 * failure is a -errno.
 */
#pragma once

#include <stdint.h>

#include <netlink/msg.h>

struct tierscope_link;

/**
 * tierscope_link_open() - open a socket
 *
 * Close-on-exec, non-blocking, extended ACKs on. Returns 0, -ENOMEM, or
 * -errno of the socket.
 */
int tierscope_link_open(struct tierscope_link **ret);
void tierscope_link_close(struct tierscope_link *link);

/* The same with the socket @fd, which belongs to the link from then on, but not
 * on failure. Returns 0, -ENOMEM, -EINVAL if it is no netlink socket, -errno. */
int tierscope_link_adopt(int fd, struct tierscope_link **ret);
int tierscope_link_fd(const struct tierscope_link *link);

/* Makes room for a reader that is late. What the system grants will do. */
void tierscope_link_widen(struct tierscope_link *link, int bytes);

/**
 * tierscope_link_send() - send a request
 * @ret_seq: number of the request, which the answers carry
 */
int tierscope_link_send(struct tierscope_link *link, struct nl_msg *message,
			uint32_t *ret_seq);

/**
 * tierscope_link_next() - the next message, whatever it is
 * @timeout_ms: 0 for not at all
 * @ret: whole, in the buffer of @link until the next call
 *
 * Messages that are not from the kernel are dropped. Returns 0, -EAGAIN if
 * nothing came in time, -EINTR, -ENOBUFS if the kernel had to drop some,
 * -EBADMSG, -ENOMEM, or -errno of the socket.
 */
int tierscope_link_next(struct tierscope_link *link, int timeout_ms,
			struct nlmsghdr **ret);

/* CLOCK_MONOTONIC, for deadlines. */
uint64_t tierscope_now_ns(void);

/* -errno for an NLE_ of libnl, whose numbers mean other things. */
int tierscope_netlink_errno(int nle);

static inline void scope_free_message(struct nl_msg **message)
{
	nlmsg_free(*message);
}

static inline void scope_close_link(struct tierscope_link **link)
{
	tierscope_link_close(*link);
}

#define scope_message	__attribute__((cleanup(scope_free_message)))
#define scope_link	__attribute__((cleanup(scope_close_link)))
