/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The counters of one run: a sampler of the module in the event loop. */
#pragma once

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "tierscope/tierscope.h"

/**
 * typedef sampling_fn - called for every sample
 * @sample: NULL if the sampler cannot be read; no more will come
 * @keep: one of those at the interval that was asked for
 *
 * Returns false if it stopped the sampling itself, which is then not touched
 * any more.
 */
typedef bool (*sampling_fn)(const struct tierscope_sample *sample, bool keep,
			    void *data);

struct sampling {
	struct tierscope_counters *counters;
	struct tierscope_sampler *sampler;	/* NULL: nothing is counted */
	sd_event_source *source;
	uint64_t step_ns;	/* between the sampler's samples */
	unsigned int every;	/* of them is kept */
	uint64_t next;		/* to be kept */
	sampling_fn fn;
	void *data;
};

/*
 * Starts to count @roles, as far as the machine has them. Intervals above a second
 * are sampled more often than they are kept, so that the end of a run is counted
 * soon after it. On failure tierscope_error() has the sentence.
 */
int sampling_start(struct sampling *sampling, struct tierscope *ts,
		   sd_event *event, uint32_t roles, uint64_t interval_ns,
		   sampling_fn fn, void *data);
void sampling_stop(struct sampling *sampling);
