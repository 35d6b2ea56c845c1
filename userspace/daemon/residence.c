// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/residence.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "daemon/clock.h"
#include "daemon/session.h"

static int add_cell(struct residence *r, const struct tierscope_cell *cell)
{
	struct tierscope_cell *grown;

	for (size_t i = 0; i < r->n_cells; i++) {
		struct tierscope_cell *have = &r->cells[i];

		if (have->node == cell->node && have->kind == cell->kind &&
		    have->page_bytes == cell->page_bytes) {
			have->pages += cell->pages;
			return 0;
		}
	}
	grown = realloc(r->cells, (r->n_cells + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->cells = grown;
	r->cells[r->n_cells++] = *cell;
	return 0;
}

int residence_add(struct residence *r,
		  const struct tierscope_placement *placement)
{
	int err = 0;

	for (size_t i = 0; !err && i < placement->n_cells; i++)
		err = add_cell(r, &placement->cells[i]);
	r->n_processes++;
	return err;
}

/* What would be wrong with the next process, too: no module, one that speaks
 * otherwise, no memory. */
static bool for_all(int err)
{
	return err == -ENOENT || err == -EPROTONOSUPPORT || err == -EBADMSG ||
	       err == -ENOMEM;
}

size_t residence_pids(const struct cgroup *cgroup, pid_t leader,
		      pid_t pids[RESIDENCE_PIDS_MAX])
{
	ssize_t n = cgroup->fd < 0 ?
		session_pids(leader, pids, RESIDENCE_PIDS_MAX) :
		cgroup_pids(cgroup, pids, RESIDENCE_PIDS_MAX);

	return n > 0 ? (size_t)n : 0;
}

int residence_take(struct tierscope *ts, const pid_t *pids, size_t n,
		   struct residence *ret)
{
	struct residence residence = { .time_ns = clock_ns(CLOCK_MONOTONIC) };
	int err = 0;

	for (size_t i = 0; !err && i < n; i++) {
		struct tierscope_placement *placement;

		err = tierscope_placement_get(ts, pids[i], 0, &placement);
		if (!err) {
			err = residence_add(&residence, placement);
			tierscope_placement_free(placement);
		} else if (!for_all(err)) {
			err = 0;	/* gone, busy, or not to be seen */
		}
	}
	if (err) {
		residence_free(&residence);
		return err;
	}
	*ret = residence;
	return 0;
}

void residence_free(struct residence *residence)
{
	free(residence->cells);
	*residence = (struct residence){ 0 };
}
