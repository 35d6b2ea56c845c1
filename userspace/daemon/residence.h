/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the memory of all processes of a run is, at one moment. */
#pragma once

#include "daemon/cgroup.h"
#include "tierscope/tierscope.h"

struct residence {
	uint64_t time_ns;
	size_t n_processes;
	struct tierscope_cell *cells;
	size_t n_cells;
};

/*
 * Walks the processes of @cgroup, or without one those of session @leader
 * (which the launched command leads; a child that makes a session of its own
 * is missed). Processes that vanish meanwhile are left out. Returns 0, -ENOMEM,
 * -ENOENT, -EPROTONOSUPPORT or -EBADMSG (no module, or one that speaks
 * otherwise; tierscope_error() says so).
 */
int residence_take(struct tierscope *ts, const struct cgroup *cgroup,
		   pid_t leader, struct residence *ret);
void residence_free(struct residence *residence);
