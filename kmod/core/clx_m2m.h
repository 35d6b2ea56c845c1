/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of the M2M of a memory controller of Cascade Lake: which config
 * of the perf PMU uncore_m2m counts what.
 */
#ifndef TIERSCOPE_CORE_CLX_M2M_H
#define TIERSCOPE_CORE_CLX_M2M_H

#include <linux/tierscope_sim.h>

#include "types.h"

/* What an M2M adds up: its channels' enum tierscope_sim_m2m, and then these. */
enum tierscope_clx_m2m {
	TIERSCOPE_CLX_M2M_CLOCKTICKS = TIERSCOPE_SIM_M2M_COUNTERS,
	TIERSCOPE_CLX_M2M_PMM_READ,	/* its channels' TIERSCOPE_SIM_PMM_READ */
	TIERSCOPE_CLX_M2M_PMM_WRITE,

	TIERSCOPE_CLX_M2M_COUNTERS,
};

/*
 * tierscope_clx_m2m_decode() - what does @config count?
 * @ret_set: one bit for each of those above that adds to the event
 *
 * Of TAG_HIT any bits may be given together. Those of IMC_READS and IMC_WRITES
 * overlap, and are taken one at a time. What only a partial write would count
 * (TAG_HIT.NM_UFILL_HIT_*, IMC_WRITES.PARTIAL) is known and counts 0: every
 * write of the model is a whole line.
 *
 * Returns 0, or -EINVAL for an event that the model does not have, and as
 * tierscope_clx_decode() does.
 */
int tierscope_clx_m2m_decode(__u64 config, __u32 *ret_set);

#endif /* TIERSCOPE_CORE_CLX_M2M_H */
