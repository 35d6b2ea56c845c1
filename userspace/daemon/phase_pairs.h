/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edges of phases become phases: begin and end are paired thread by thread,
 * and what is within another phase is taken off its own part.
 */
#pragma once

#include <stdbool.h>

#include "store/store.h"
#include "tierscope/phase.h"

/* Open at one time, of all threads; and around each other. */
#define PHASE_OPEN_MAX		1024
#define PHASE_DEPTH_MAX		64
/* A day of a fast program has millions of phases. So many have a row each, the
 * rest is added up by name, of which so many are known. */
#define PHASE_ROWS_MAX		16384
#define PHASE_NAMES_MAX		1024

/* A counter at an edge. Both times are 0 if it could not be read. */
struct phase_reading {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

/* Keeps a phase; *@id as in store_phase(). A failure is its own business. */
typedef void (*phase_keep_fn)(const struct store_phase *phase, int64_t *id,
			      void *data);

struct phase_open;
struct phase_sum;

/**
 * struct phase_pairs - the phases of a run
 * @n_counters: readings at an edge
 * @open: that have begun, as they began
 * @n_rows: that have been kept by themselves
 * @sums: of those after that, by name
 * @n_unended: whose end did not come, or came with that of a phase around them
 * @n_stray: ends without a begin
 * @n_dropped: edges beyond the limits above
 */
struct phase_pairs {
	size_t n_counters;
	phase_keep_fn keep;
	void *data;
	struct phase_open **open;
	size_t n_open;
	size_t n_rows;
	struct phase_sum **sums;
	size_t n_sums;
	uint64_t n_unended;
	uint64_t n_stray;
	uint64_t n_dropped;
};

void phase_pairs_init(struct phase_pairs *pairs, size_t n_counters,
		      phase_keep_fn keep, void *data);
void phase_pairs_free(struct phase_pairs *pairs);

/* The next edge of @thread. @readings: n_counters of them. */
void phase_pairs_edge(struct phase_pairs *pairs, bool begin, const char *name,
		      uint32_t thread, uint64_t time_ns,
		      const struct phase_reading *readings);

/* Keeps what has been added up since the last time. */
void phase_pairs_flush(struct phase_pairs *pairs);
/* Edges are missing: what is open has no end that can be told. */
void phase_pairs_forget(struct phase_pairs *pairs);
/* The run is over: what is open has no end. */
void phase_pairs_end(struct phase_pairs *pairs);
