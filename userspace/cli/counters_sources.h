/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is counted, and in which row each count goes.
 */
#pragma once

#include "cli/counters.h"

/**
 * struct counters_sources - the counters of a view
 * @of: what each counts and for which row
 */
struct counters_sources {
	struct tierscope_counters counters;
	struct report_source *of;
};

/* Adds to @options->events what the cores of this machine can tell of loads. Says
 * what failed; returns the exit status. */
int counters_loads_find(struct tierscope *ts, struct counters_options *options);

/**
 * counters_sources_find() - roles and events on this machine
 * @ret: what is of no place that has a row is left out: what is counted for a
 *	controller has no channel. To be cleared, on failure too
 *
 * Says what failed. Returns the exit status.
 */
int counters_sources_find(struct tierscope *ts,
			  const struct counters_options *options,
			  struct counters_sources *ret);
void counters_sources_clear(struct counters_sources *sources);
