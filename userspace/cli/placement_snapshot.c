/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/placement.h"
#include "lib/scope.h"

void placement_snapshot_clear(struct placement_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n; i++)
		free(snapshot->placements[i].cells);
	free(snapshot->placements);
	*snapshot = (struct placement_snapshot){ 0 };
}

static int keep(const struct tierscope_placement *placement, void *data)
{
	struct placement_snapshot *snapshot = data;
	struct tierscope_placement *placements;
	struct tierscope_cell *cells;

	placements = reallocarray(snapshot->placements, snapshot->n + 1,
				  sizeof(*placements));
	if (!placements)
		return -ENOMEM;
	snapshot->placements = placements;
	cells = calloc(placement->n_cells + 1, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	if (placement->n_cells)
		memcpy(cells, placement->cells,
		       placement->n_cells * sizeof(*cells));
	placements[snapshot->n] = *placement;
	placements[snapshot->n++].cells = cells;
	return 0;
}

/* One that cannot be counted is no reason to show no other. */
static int keep_counted(const struct tierscope_placement *placement, void *data)
{
	struct placement_snapshot *snapshot = data;

	if (!placement->error)
		return keep(placement, snapshot);
	cli_error("cannot look at process %d (%s): %s", placement->pid,
		  placement->comm,
		  placement->error == -EBUSY ?
			  "it kept its memory locked for as long as the module waits" :
			  "its walk took longer than the module allows");
	snapshot->failed = true;
	return 0;
}

static int explain(const struct selection *selection, int error)
{
	switch (selection->by) {
	case SELECTION_TREE:
		if (error == -ESRCH)
			cli_error("there is no process %d", selection->root);
		else
			cli_error("cannot look for the descendants of process %d in /proc: %s",
				  selection->root, strerror(-error));
		break;
	case SELECTION_CGROUP:
		if (error == -ENOENT)
			cli_error("there is no cgroup '%s' below /sys/fs/cgroup",
				  selection->cgroup);
		else if (error == -ENOTSUP)
			cli_error("cgroup '%s' has no list of processes: it is threaded, or not of cgroup v2",
				  selection->cgroup);
		else
			cli_error("cannot read cgroup '%s': %s",
				  selection->cgroup, strerror(-error));
		break;
	default:
		cli_error("cannot look for processes in /proc: %s",
			  strerror(-error));
	}
	return CLI_FAILURE;
}

int placement_snapshot_pids(const struct selection *selection, pid_t **ret,
			    size_t *ret_n)
{
	int r = selection_list(selection, ret, ret_n);

	if (r == -ENOMEM)
		return cli_oom();
	return r < 0 ? explain(selection, r) : CLI_OK;
}

/* @ret_over is set if the next one would fail in the same way. */
static int take_one(struct tierscope *ts, const struct selection *selection,
		    pid_t pid, unsigned int flags,
		    struct placement_snapshot *snapshot, bool *ret_over)
{
	struct tierscope_placement *placement;
	int r;

	r = tierscope_placement_get(ts, pid, flags, &placement);
	if (!r) {
		r = keep(placement, snapshot);
		tierscope_placement_free(placement);
		return r ? cli_oom() : CLI_OK;
	}
	if (selection->by != SELECTION_PIDS) {
		/* It ended, or is a kernel thread. */
		if (r == -ESRCH || r == -EINVAL)
			return CLI_OK;
		if (r == -EPERM) {
			snapshot->refused++;
			return CLI_OK;
		}
	}
	*ret_over = r == -ENOENT || r == -ENOMEM || r == -EPROTONOSUPPORT;
	/* The kernel's sentence names the attribute, not what was in it. */
	cli_error("cannot look at process %d: %s", pid, tierscope_error(ts));
	return CLI_FAILURE;
}

static int take_listed(struct tierscope *ts, const struct selection *selection,
		       unsigned int flags, struct placement_snapshot *snapshot)
{
	pid_t *pids scope_free = NULL;
	bool over = false;
	size_t n = 0;
	int status;

	status = placement_snapshot_pids(selection, &pids, &n);
	for (size_t i = 0; !over && i < n; i++)
		if (take_one(ts, selection, pids[i], flags, snapshot, &over))
			status = CLI_FAILURE;
	return status;
}

int placement_snapshot_take(struct tierscope *ts,
			    const struct selection *selection,
			    unsigned int flags, struct placement_snapshot *ret)
{
	int r;

	*ret = (struct placement_snapshot){ 0 };
	if (selection->by != SELECTION_ALL)
		return take_listed(ts, selection, flags, ret);
	r = tierscope_placement_dump(ts, flags, keep_counted, ret);
	if (r == -ENOMEM)
		return cli_oom();
	if (r < 0) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	return ret->failed ? CLI_FAILURE : CLI_OK;
}

struct ranked {
	uint64_t slow_bytes;
	uint64_t bytes;
	struct tierscope_placement placement;
};

static int by_slow_bytes(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	pid_t p = x->placement.pid, q = y->placement.pid;

	if (x->slow_bytes != y->slow_bytes)
		return x->slow_bytes < y->slow_bytes ? 1 : -1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (p > q) - (p < q);
}

int placement_snapshot_sort(struct placement_snapshot *snapshot,
			    const struct tierscope_topology *topology)
{
	struct ranked *ranked scope_free =
		calloc(snapshot->n + 1, sizeof(*ranked));

	if (!ranked)
		return -ENOMEM;
	for (size_t i = 0; i < snapshot->n; i++)
		ranked[i] = (struct ranked){
			placement_slow_bytes(topology, &snapshot->placements[i]),
			placement_bytes(&snapshot->placements[i]),
			snapshot->placements[i],
		};
	qsort(ranked, snapshot->n, sizeof(*ranked), by_slow_bytes);
	for (size_t i = 0; i < snapshot->n; i++)
		snapshot->placements[i] = ranked[i].placement;
	return 0;
}
