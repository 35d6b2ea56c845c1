/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between the library and move_pages(2), so that tests can stand in for it.
 */
#pragma once

#include <tierscope/move.h>

/* As the system call, but returns -errno. */
typedef long (*tierscope_move_pages_fn)(void *data, pid_t pid, size_t n,
					const uint64_t *addresses,
					const int *nodes, int *status,
					bool shared);

struct tierscope_move_call {
	tierscope_move_pages_fn fn;
	void *data;
};

extern const struct tierscope_move_call tierscope_move_call_kernel;

/* No more than so many at a time when nodes are asked for. */
#define TIERSCOPE_QUERY_MAX 512

/**
 * tierscope_query_nodes() - the nodes of pages
 * @nodes: for each a node, or -errno: -ENOENT (nothing is there), -EFAULT (no
 *	mapping, or the zero page)
 *
 * Returns 0, or -ESRCH, -EPERM and so on of the call.
 */
int tierscope_query_nodes(const struct tierscope_move_call *call, pid_t pid,
			  size_t n, const uint64_t *addresses, int *nodes);

int tierscope_move_by(const struct tierscope_move_call *call,
		      struct tierscope *ts, pid_t pid,
		      const struct tierscope_range *ranges, size_t n,
		      const struct tierscope_move_options *options,
		      struct tierscope_move_tally *tally);
