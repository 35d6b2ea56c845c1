/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines that one vCPU touched last: asked for every access, before its
 * address is translated, so that a repeat costs a handful of instructions. It
 * stands for the core's own caches: as large as the level-1 data cache of a
 * Cascade Lake core (32 KiB: 512 lines), though direct-mapped, and it goes by
 * virtual address, as the translation would be the dear part.
 *
 * It hides repeats only: a load from a line that the model has seen this vCPU
 * touch, a store to a line that the model has seen it store to. A virtual
 * address may come to mean another line once the guest has flushed its TLB,
 * so then the filter must be flushed too.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIM_FILTER_LINES 512

/*
 * An entry is GENERATION:21 LINE:42 STORED:1. User addresses end at 2^47, so
 * lines at 2^41. Generation 0 is never current: an entry of 0 is empty.
 */
#define SIM_FILTER_GENERATION	(1ULL << 43)

struct sim_filter {
	uint64_t generation;	/* SIM_FILTER_GENERATION times a number from 1 */
	uint64_t entry[SIM_FILTER_LINES];
	bool used;		/* something was remembered in this generation */
};

/** sim_filter_init - make it empty */
static inline void sim_filter_init(struct sim_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->generation = SIM_FILTER_GENERATION;
}

/** sim_filter_hides - is this access a repeat? line is virtual address / 64 */
static inline bool sim_filter_hides(const struct sim_filter *filter,
				    uint64_t line, bool store)
{
	uint64_t entry = filter->entry[line % SIM_FILTER_LINES];
	uint64_t stored = filter->generation | line << 1 | 1;

	return (entry | !store) == stored;
}

/** sim_filter_remember - the model has seen this access, which was not hidden */
static inline void sim_filter_remember(struct sim_filter *filter,
				       uint64_t line, bool store)
{
	filter->entry[line % SIM_FILTER_LINES] =
		filter->generation | line << 1 | store;
	filter->used = true;
}

/** sim_filter_flush - forget everything */
static inline void sim_filter_flush(struct sim_filter *filter)
{
	if (!filter->used)
		return;
	filter->used = false;
	filter->generation += SIM_FILTER_GENERATION;
	if (!filter->generation)	/* all numbers are used up: start over */
		sim_filter_init(filter);
}
