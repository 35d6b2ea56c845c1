/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in the machine a counter counts: what has a row.
 */
#pragma once

#include "cli/counters.h"

/**
 * counters_place() - the place of each counter
 * @counters: those that are of no such place are taken out: what is counted for
 *	a controller has no channel
 * @slots: of each counter, taken out likewise
 * @ret: an array for @counters; the caller frees
 *
 * Says what failed. Returns the exit status.
 */
int counters_place(struct tierscope *ts, enum counters_per per,
		   struct tierscope_counters *counters, unsigned int *slots,
		   struct report_source **ret);
