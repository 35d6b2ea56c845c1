/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample as rows: one a socket, and one for all of them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "report/stream.h"
#include "report/traffic.h"

extern const struct report_column counters_columns[];
extern const size_t counters_n_columns;

/* One sample's frame, the same for each of its rows. */
struct counters_moment {
	bool simulated;
	uint64_t utc_ns;
	uint64_t mono_ns;
	uint64_t interval_ns;
	uint64_t ticks_lost;
	uint64_t samples_lost;
};

/* The rows of what the last sample brought. Returns 0, -ENOMEM or -errno of
 * the stream's file. */
int counters_add(const struct report_stream *stream,
		 struct report_tracker *tracker, const struct counters_moment *at);
