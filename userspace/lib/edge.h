/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edges of functions out of messages. */
#pragma once

#include <netlink/msg.h>

#include <tierscope/prober.h>

/**
 * tierscope_edge_parse() - read a PROBE_EDGE
 * @n_functions: of the prober
 * @n_counters: that are read at an edge
 * @readings: of an edge, @n_counters of them; the first counter, which only
 *	marks who is probed, is left out
 *
 * Returns 0, -ENOMSG if the message is another, -EBADMSG.
 */
int tierscope_edge_parse(struct nlmsghdr *header, size_t n_functions,
			 size_t n_counters,
			 struct tierscope_edge_reading *readings,
			 struct tierscope_edge *ret);
