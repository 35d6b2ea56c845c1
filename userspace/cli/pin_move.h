/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carrying a plan out: at the rate that was asked for, with a bar on a terminal,
 * until SIGINT or SIGTERM.
 */
#pragma once

#include "cli/pin_plan.h"

/**
 * struct pin_outcome - what became of a plan
 * @tallies: one for each of its processes
 * @elapsed_ns: from before the first page to after the last
 */
struct pin_outcome {
	size_t n;
	struct tierscope_move_tally *tallies;
	uint64_t moved_bytes;
	uint64_t elapsed_ns;
};

/**
 * pin_move() - move what is to be moved
 * @rate: bytes a second, 0 for as fast as it goes
 * @ret: pin_outcome_clear() it, whatever is returned
 *
 * Says why it ended before it was through; then the rest is in the tallies as
 * gone or not tried. Returns the exit status.
 */
int pin_move(struct tierscope *ts, const struct pin_plan *plan, uint64_t rate,
	     struct pin_outcome *ret);
void pin_outcome_clear(struct pin_outcome *outcome);
