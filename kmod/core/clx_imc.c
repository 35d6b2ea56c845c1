// SPDX-License-Identifier: GPL-2.0-only
#include <linux/tierscope_sim.h>

#include "clx_event.h"
#include "clx_imc.h"

#define ONE(counter) (1U << TIERSCOPE_SIM_##counter)

/* Event codes and umasks: Intel perfmon, CLX/events/cascadelakex_uncore.json. */
static const struct tierscope_clx_event events[] = {
	/* UNC_M_CLOCKTICKS */
	{ 0x00, 0x00, false, ONE(CLOCKTICKS) },
	/* UNC_M_CAS_COUNT.RD, .WR */
	{ 0x04, 0x03, true, ONE(CAS_READ) },
	{ 0x04, 0x0c, true, ONE(CAS_WRITE) },
	/* UNC_M_TAGCHK.HIT, .MISS_CLEAN, .MISS_DIRTY */
	{ 0xd3, 0x01, true, ONE(TAG_HIT) },
	{ 0xd3, 0x02, true, ONE(TAG_MISS_CLEAN) },
	{ 0xd3, 0x04, true, ONE(TAG_MISS_DIRTY) },
	/* UNC_M_PMM_RPQ_INSERTS, UNC_M_PMM_WPQ_INSERTS */
	{ 0xe3, 0x00, false, ONE(PMM_READ) },
	{ 0xe7, 0x00, false, ONE(PMM_WRITE) },
};

int tierscope_clx_imc_decode(__u64 config, __u32 *ret_set)
{
	return tierscope_clx_decode(config, events,
				    sizeof(events) / sizeof(events[0]),
				    ret_set);
}
