/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Filling a list of counters.
 */
#pragma once

#include <tierscope/tierscope.h>

#include "pmu.h"

/* With no counter in it, or NULL. tierscope_counters_free() it. */
struct tierscope_counters *tierscope_counters_new(void);

/* One event of one box, on every die. */
int tierscope_counters_add(struct tierscope *ts,
			   struct tierscope_counters *counters,
			   const struct tierscope_pmu *pmu,
			   enum tierscope_role role, uint64_t config);

/* By socket, box, unit, role. */
void tierscope_counters_sort(struct tierscope_counters *counters);

#define scope_counters __attribute__((cleanup(tierscope_scope_counters)))
static inline void tierscope_scope_counters(struct tierscope_counters **counters)
{
	tierscope_counters_free(*counters);
}
