/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the sharing of near memory out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/* One NEARMEM_GET answer. -EBADMSG if it lacks something or contradicts
 * itself. */
int tierscope_nearmem_parse(struct nlmsghdr *header,
			    struct tierscope_nearmem **ret);
