/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading placements and what they share with mappings out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/**
 * tierscope_cells_parse() - the cells of a message
 * @header: checked by genlmsg_valid_hdr()
 * @type: attribute that is repeated, one nest a cell
 * @ret: ascending by node, size, kind; free() them
 * @ret_n: how many
 *
 * Returns 0, -ENOMEM, or -EBADMSG for a cell that no machine has.
 */
int tierscope_cells_parse(struct nlmsghdr *header, int type,
			  struct tierscope_cell **ret, size_t *ret_n);

/* Base pages as bytes. -EBADMSG if @attribute is absent or overflows. */
int tierscope_pages_parse(struct nlattr *attribute, uint64_t *ret_bytes);

/* -EINVAL, and a sentence, for a flag that there is not. */
int tierscope_check_flags(struct tierscope *ts, const char *what,
			  unsigned int flags);

/* One PLACEMENT_GET answer. -EBADMSG if it lacks something. */
int tierscope_placement_parse(struct nlmsghdr *header,
			      struct tierscope_placement **ret);
