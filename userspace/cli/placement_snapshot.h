/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The placements of a selection of processes, walked one after another.
 */
#pragma once

#include <stdbool.h>

#include "cli/selection.h"
#include "tierscope/tierscope.h"

/**
 * struct placement_snapshot - what was found
 * @n, @placements: those that could be seen
 * @refused: how many of the selection are somebody else's
 * @failed: one could not be counted, which is told on stderr
 */
struct placement_snapshot {
	size_t n;
	struct tierscope_placement *placements;
	size_t refused;
	bool failed;
};

/**
 * placement_snapshot_take() - walk them all
 * @flags: TIERSCOPE_WITH_SHARING or 0
 * @ret: placement_snapshot_clear() it, whatever is returned
 *
 * A process that was named and cannot be seen is a failure, told on stderr,
 * and the others are walked all the same. One that merely was in a tree, with
 * a user or in a cgroup is left out if it has ended or has no memory of its
 * own, and counted if it is somebody else's. Returns the exit status.
 */
int placement_snapshot_take(struct tierscope *ts,
			    const struct selection *selection,
			    unsigned int flags, struct placement_snapshot *ret);
void placement_snapshot_clear(struct placement_snapshot *snapshot);

/* Most bytes on Optane first, then most bytes, then by process id. */
int placement_snapshot_sort(struct placement_snapshot *snapshot,
			    const struct tierscope_topology *topology);

/* The ids of a selection, with a sentence on stderr if there are none. Returns
 * the exit status; free() *@ret. */
int placement_snapshot_pids(const struct selection *selection, pid_t **ret,
			    size_t *ret_n);
