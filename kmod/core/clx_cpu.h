/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a core of Cascade Lake: which config of the perf PMU cpu counts
 * what.
 */
#ifndef TIERSCOPE_CORE_CLX_CPU_H
#define TIERSCOPE_CORE_CLX_CPU_H

#include <linux/tierscope_sim.h>

#include "types.h"

/* What a core adds up: enum tierscope_sim_core, and then this. */
enum tierscope_clx_cpu {
	TIERSCOPE_CLX_CPU_CYCLES = TIERSCOPE_SIM_CORE_COUNTERS,

	TIERSCOPE_CLX_CPU_COUNTERS,
};

#define TIERSCOPE_CLX_CPU_ANY	0x00200000ULL	/* config:21, AnyThread */

/*
 * tierscope_clx_cpu_decode() - what does the @config of a raw event count?
 * @ret_set: one bit for each of those above that adds to the event
 *
 * The sources of MEM_LOAD_L3_MISS_RETIRED may be given together.
 *
 * Returns 0, or -EINVAL for an event that the model does not have, for the
 * whole core's events (any), and as tierscope_clx_decode() does.
 */
int tierscope_clx_cpu_decode(__u64 config, __u32 *ret_set);

/*
 * tierscope_clx_cpu_generic() - the same for one of PERF_TYPE_HARDWARE
 * @hw_id: enum perf_hw_id
 *
 * By the encodings that the kernel has for them on all Intel cores with
 * architectural events (events/intel/core.c, intel_perfmon_event_map).
 *
 * Returns 0, or -ENOENT for what the model does not have.
 */
int tierscope_clx_cpu_generic(__u64 hw_id, __u32 *ret_set);

#endif /* TIERSCOPE_CORE_CLX_CPU_H */
