/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `tierscope counters` shows of a sample: its columns, and its rows.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cli/counters.h"
#include "report/stream.h"

/* Three a slot, and those that are made of several or of none. */
#define COUNTERS_COLUMNS_MAX (3 * REPORT_SLOTS + 32)
#define COUNTERS_NAME_MAX (COUNTERS_EVENT_MAX + 32)

/* One sample's frame, the same for each of its rows. */
struct counters_moment {
	bool simulated;
	enum tierscope_mode mode;
	uint64_t utc_ns;
	uint64_t mono_ns;
	uint64_t interval_ns;
	uint64_t ticks_lost;
	uint64_t samples_lost;
};

struct counters_row;
typedef struct report_value (*counters_value_fn)(const struct counters_row *row,
						 unsigned int slot);

/**
 * struct counters_view - the columns that follow from what was asked for
 * @slots: REPORT_SLOT_BIT()s of it
 */
struct counters_view {
	uint64_t slots;
	size_t n;
	struct report_column columns[COUNTERS_COLUMNS_MAX];
	counters_value_fn value[COUNTERS_COLUMNS_MAX];
	unsigned int slot[COUNTERS_COLUMNS_MAX];
	char names[REPORT_EVENTS_MAX][3][COUNTERS_NAME_MAX];
};

/* @in_place: a table has no column for what is the same in all rows. */
void counters_view_init(struct counters_view *view,
			const struct counters_options *options, bool in_place);

/* A row. Returns 0, -ENOMEM or -errno of the stream's file. */
int counters_view_row(const struct counters_view *view,
		      const struct report_stream *stream,
		      const struct counters_moment *at,
		      const struct report_traffic *traffic);
