/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking for pages, with everything that tests stand in for.
 */
#pragma once

#include "frames.h"
#include "mover.h"

#define TIERSCOPE_SMALL_PAGE 4096ULL

struct tierscope_finder {
	struct tierscope_frames frames;	/* mapped more than once, seen so far */
	bool alone;			/* tierscope_finder_alone() */
};

/* @pagemap: a file that reads as /proc/PID/pagemap does. */
int tierscope_find_by(const struct tierscope_move_call *call,
		      struct tierscope *ts, struct tierscope_finder *finder,
		      int pagemap, pid_t pid,
		      const struct tierscope_mapping *mapping, uint64_t start,
		      uint64_t end, tierscope_range_fn fn, void *data);
