/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading mappings out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/**
 * tierscope_mapping_parse() - one MAPPING_GET answer
 * @ret: its name lives in @header
 * @ret_cells: its cells; free() them
 * @ret_generation: beyond 1, what was sent before it has changed meanwhile
 *
 * Returns 0, -ENOMEM, or -EBADMSG if it lacks something or contradicts itself.
 */
int tierscope_mapping_parse(struct nlmsghdr *header,
			    struct tierscope_mapping *ret,
			    struct tierscope_cell **ret_cells,
			    uint32_t *ret_generation);
