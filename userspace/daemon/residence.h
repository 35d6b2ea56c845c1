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

/* Of one run; more are neither walked nor watched. */
#define RESIDENCE_PIDS_MAX	4096

/*
 * The processes of @cgroup, or without one those of session @leader (which the
 * launched command leads; a child that makes a session of its own is missed).
 */
size_t residence_pids(const struct cgroup *cgroup, pid_t leader,
		      pid_t pids[RESIDENCE_PIDS_MAX]);

/*
 * Walks @pids. Those that vanish meanwhile are left out. Returns 0, -ENOMEM,
 * -ENOENT, -EPROTONOSUPPORT or -EBADMSG (no module, or one that speaks
 * otherwise; tierscope_error() says so).
 */
int residence_take(struct tierscope *ts, const pid_t *pids, size_t n,
		   struct residence *ret);

/* One more process. Returns 0 or -ENOMEM. */
int residence_add(struct residence *residence,
		  const struct tierscope_placement *placement);
void residence_free(struct residence *residence);
