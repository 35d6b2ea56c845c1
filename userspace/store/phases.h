/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The phases of a run, to and from their tables. */
#pragma once

#include "store/database.h"
#include "store/pack.h"
#include "store/store.h"

/**
 * struct store_phases_writer - what is kept between phases
 * @n: counters; 0: nobody has said which
 * @counts: of the phase at hand, packed
 */
struct store_phases_writer {
	size_t n;
	sqlite3_stmt *phase;
	struct store_pack counts;
};

int store_phases_begin(struct store_phases_writer *w, struct store_database *db,
		       const struct store_phase_counter *counters, size_t n);
/* *@id as in store_phase(). */
int store_phases_write(struct store_phases_writer *w, struct store_database *db,
		       const struct store_phase *phase, int64_t *id);
void store_phases_writer_free(struct store_phases_writer *w);

/* Returns 0, what @fn did, -EBADMSG, -EIO, -ENOMEM. */
int store_phases_read(struct store_database *db, size_t n_counters,
		      store_phase_fn fn, void *data);
