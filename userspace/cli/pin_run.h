/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a move and its undoing share: showing the plan, carrying it out, showing
 * what became of it.
 */
#pragma once

#include "cli/pin.h"
#include "cli/pin_rows.h"

/* Before anything is moved: for people the plan, for a dry run all there is to
 * say. Returns the exit status. */
int pin_show_plan(const struct pin_order *order,
		  const struct tierscope_topology *topology,
		  const struct pin_plan *plan, const struct pin_summary *summary);

/* Afterwards. Returns the exit status. */
int pin_show_outcome(const struct pin_order *order,
		     const struct tierscope_topology *topology,
		     const struct pin_plan *plan,
		     const struct pin_summary *summary,
		     const struct pin_outcome *outcome);

/* A sentence if not everything was moved, and the exit status: 1 if there was
 * no room for some of it. */
int pin_judge(const struct pin_outcome *outcome);
