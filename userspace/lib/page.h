/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading pages out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/**
 * tierscope_page_parse() - every page of one PAGE_GET answer
 * @fn: called for each; a negative errno ends it
 * @ret_reader: what @fn returned, if that is why it ended
 *
 * Returns 0, what @fn returned, or -EBADMSG for a page that no machine has.
 */
int tierscope_page_parse(struct nlmsghdr *header, tierscope_page_fn fn,
			 void *data, int *ret_reader);
