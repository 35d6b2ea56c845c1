/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Last looks out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/**
 * tierscope_last_look_parse() - read a WATCH_EVENT
 * @ret: free() its placement.cells
 *
 * Returns 0, -ENOMSG if the message is another, -EBADMSG, -ENOMEM.
 */
int tierscope_last_look_parse(struct nlmsghdr *header,
			      struct tierscope_last_look *ret);
