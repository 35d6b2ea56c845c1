/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The extended ACK of a netlink answer, which libnl does not read: the
 * kernel's sentence, and which attribute of the request it is about.
 */
#pragma once

#include <linux/netlink.h>

/**
 * struct tierscope_extack - how a request ended
 * @error: 0 or -errno
 * @message: the kernel's sentence, inside the parsed message, or NULL
 * @offset: of the attribute at fault in the request, 0 if none is named
 * @missing: type of the attribute that is missing, -1 if none is named
 */
struct tierscope_extack {
	int error;
	const char *message;
	unsigned int offset;
	int missing;
};

/* Asks the kernel for extended ACKs on the socket @fd. Returns 0 or -errno. */
int tierscope_extack_enable(int fd);

/**
 * tierscope_extack_parse() - read an NLMSG_ERROR or NLMSG_DONE
 *
 * @header must be within its buffer by nlmsg_ok(); nothing else of it is
 * trusted. Returns 0, or -EBADMSG if the message is cut short.
 */
int tierscope_extack_parse(const struct nlmsghdr *header,
			   struct tierscope_extack *ret);
