/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of a run as a whole, to and from its tables. */
#pragma once

#include "store/database.h"
#include "store/store.h"

/* Everything up to and including the counters; state recording. */
int store_run_save(struct store_database *db, const struct store_run *run);
/* The rest, as state @run->state. */
int store_run_save_end(struct store_database *db, const struct store_run *run);

/* When the last thing was recorded, the start of the run if nothing was. */
int store_run_last_ns(struct store_database *db, uint64_t *ret);

/**
 * struct store_loaded_run - a run and all that it points to
 */
struct store_loaded_run {
	struct store_run run;
	struct tierscope_topology topology;
	void **memory;		/* every allocation, to free them all */
	size_t n_memory;
};

/* On failure there is nothing to free. -EBADMSG if a name or a number is none
 * that the store writes. */
int store_run_load(struct store_database *db, struct store_loaded_run *loaded);
void store_run_free(struct store_loaded_run *loaded);
