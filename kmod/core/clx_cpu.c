// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/perf_event.h>

#include "clx_cpu.h"
#include "clx_event.h"

#define LOCAL_DRAM	(1U << TIERSCOPE_SIM_LOAD_LOCAL_DRAM)
#define REMOTE_DRAM	(1U << TIERSCOPE_SIM_LOAD_REMOTE_DRAM)
#define LOCAL_PMM	(1U << TIERSCOPE_SIM_LOAD_LOCAL_PMM)
#define REMOTE_PMM	(1U << TIERSCOPE_SIM_LOAD_REMOTE_PMM)
#define LLC_READ	(1U << TIERSCOPE_SIM_LLC_READ)
#define LLC_MISS	(1U << TIERSCOPE_SIM_LLC_MISS)
#define INSTRUCTIONS	(1U << TIERSCOPE_SIM_INSTRUCTIONS)
#define CYCLES		(1U << TIERSCOPE_CLX_CPU_CYCLES)

/* Event codes and umasks: Intel perfmon, CLX/events/cascadelakex_core.json. */
static const struct tierscope_clx_event events[] = {
	/* LONGEST_LAT_CACHE.REFERENCE, .MISS */
	{ 0x2e, 0x4f, false, LLC_READ },
	{ 0x2e, 0x41, false, LLC_MISS },
	/* CPU_CLK_UNHALTED.THREAD_P, INST_RETIRED.ANY_P */
	{ 0x3c, 0x00, false, CYCLES },
	{ 0xc0, 0x00, false, INSTRUCTIONS },
	/* MEM_LOAD_RETIRED.L3_MISS, .LOCAL_PMM */
	{ 0xd1, 0x20, false, LOCAL_DRAM | REMOTE_DRAM | LOCAL_PMM | REMOTE_PMM },
	{ 0xd1, 0x80, false, LOCAL_PMM },
	/* MEM_LOAD_L3_MISS_RETIRED.LOCAL_DRAM, .REMOTE_DRAM, .REMOTE_PMM */
	{ 0xd3, 0x01, true, LOCAL_DRAM },
	{ 0xd3, 0x02, true, REMOTE_DRAM },
	{ 0xd3, 0x10, true, REMOTE_PMM },
};

int tierscope_clx_cpu_decode(__u64 config, __u32 *ret_set)
{
	if (config & TIERSCOPE_CLX_CPU_ANY)
		return -EINVAL;
	return tierscope_clx_decode(config, events,
				    sizeof(events) / sizeof(events[0]),
				    ret_set);
}

int tierscope_clx_cpu_generic(__u64 hw_id, __u32 *ret_set)
{
	switch (hw_id) {
	case PERF_COUNT_HW_CPU_CYCLES:
		return tierscope_clx_cpu_decode(0x003c, ret_set);
	case PERF_COUNT_HW_INSTRUCTIONS:
		return tierscope_clx_cpu_decode(0x00c0, ret_set);
	case PERF_COUNT_HW_CACHE_REFERENCES:
		return tierscope_clx_cpu_decode(0x4f2e, ret_set);
	case PERF_COUNT_HW_CACHE_MISSES:
		return tierscope_clx_cpu_decode(0x412e, ret_set);
	}
	return -ENOENT;
}
