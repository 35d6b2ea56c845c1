// SPDX-License-Identifier: LGPL-2.1-or-later
/* move_pages(2) without libnuma, which has globals and prints. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#include "mover.h"

/* Addresses are handed over as they are. */
_Static_assert(sizeof(uint64_t) == sizeof(void *), "64 bits");

static long move_pages(void *data, pid_t pid, size_t n,
		       const uint64_t *addresses, const int *nodes, int *status,
		       bool shared)
{
	long left;

	(void)data;
	left = syscall(SYS_move_pages, pid, n, addresses, nodes, status,
		       !nodes ? 0 : shared ? MPOL_MF_MOVE_ALL : MPOL_MF_MOVE);
	return left < 0 ? -errno : left;
}

const struct tierscope_move_call tierscope_move_call_kernel = { move_pages, NULL };

int tierscope_query_nodes(const struct tierscope_move_call *call, pid_t pid,
			  size_t n, const uint64_t *addresses, int *nodes)
{
	for (size_t at = 0; at < n; at += TIERSCOPE_QUERY_MAX) {
		size_t part = n - at < TIERSCOPE_QUERY_MAX ?
			      n - at : TIERSCOPE_QUERY_MAX;
		long error = call->fn(call->data, pid, part, addresses + at,
				      NULL, nodes + at, false);

		/* A process without memory is one that has ended. */
		if (error < 0)
			return error == -EINVAL ? -ESRCH : error;
	}
	return 0;
}

bool tierscope_move_may_shared(void)
{
	/* No page at all; the right is asked for first. */
	return !syscall(SYS_move_pages, 0, 0, NULL, NULL, NULL, MPOL_MF_MOVE_ALL);
}
