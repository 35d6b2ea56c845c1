/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table that stays in its place on a terminal: each sample's rows are drawn
 * over those of the last.
 */
#pragma once

#include "cli/counters_rows.h"

/**
 * struct counters_live - what stands on the terminal
 * @drawn: lines, 0 for none that may be drawn over
 */
struct counters_live {
	size_t drawn;
	FILE *memory;
	char *text;
	size_t bytes;
};

/**
 * counters_live_begin() - start a sample's table
 * @ret: gets its rows, which nobody sees yet; not to be closed
 *
 * Returns 0 or -ENOMEM.
 */
int counters_live_begin(struct counters_live *live,
			const struct counters_options *options,
			const struct counters_moment *at, FILE **ret);

/* Draws it, cut to the terminal. Returns 0, -ENOMEM or -errno of standard
 * output. */
int counters_live_end(struct counters_live *live);

/* Something else was written on the terminal: the next table goes below. */
void counters_live_leave(struct counters_live *live);
