// SPDX-License-Identifier: GPL-2.0-only
#include "clx_event.h"
#include "clx_m2m.h"

#define READ_HIT_CLEAN	(1U << TIERSCOPE_SIM_READ_HIT_CLEAN)
#define READ_HIT_DIRTY	(1U << TIERSCOPE_SIM_READ_HIT_DIRTY)
#define READ		(READ_HIT_CLEAN | READ_HIT_DIRTY | \
			 1U << TIERSCOPE_SIM_READ_MISS)
#define WRITE_TAG	(1U << TIERSCOPE_SIM_WRITE_TAG)
#define WRITE		(WRITE_TAG | 1U << TIERSCOPE_SIM_WRITE_NO_TAG)
#define CLOCKTICKS	(1U << TIERSCOPE_CLX_M2M_CLOCKTICKS)
#define READ_PMM	(1U << TIERSCOPE_CLX_M2M_PMM_READ)
#define WRITE_PMM	(1U << TIERSCOPE_CLX_M2M_PMM_WRITE)

/*
 * Event codes and umasks: Intel perfmon, CLX/events/cascadelakex_uncore.json
 * and cascadelakex_uncore_experimental.json.
 */
static const struct tierscope_clx_event events[] = {
	/* UNC_M2M_CLOCKTICKS */
	{ 0x00, 0x00, false, CLOCKTICKS },
	/* UNC_M2M_TAG_HIT.NM_RD_HIT_CLEAN, .NM_RD_HIT_DIRTY */
	{ 0x2c, 0x01, true, READ_HIT_CLEAN },
	{ 0x2c, 0x02, true, READ_HIT_DIRTY },
	/* .NM_UFILL_HIT_CLEAN, .NM_UFILL_HIT_DIRTY */
	{ 0x2c, 0x04, true, 0 },
	{ 0x2c, 0x08, true, 0 },
	/* UNC_M2M_IMC_READS.NORMAL, .ALL, .TO_PMM; none is isochronous */
	{ 0x37, 0x01, false, READ },
	{ 0x37, 0x04, false, READ },
	{ 0x37, 0x08, false, READ_PMM },
	/* UNC_M2M_IMC_WRITES.FULL, .PARTIAL, .ALL, .TO_PMM, .NI */
	{ 0x38, 0x01, false, WRITE },
	{ 0x38, 0x02, false, 0 },
	{ 0x38, 0x10, false, WRITE },
	{ 0x38, 0x20, false, WRITE_PMM },
	{ 0x38, 0x80, false, WRITE_TAG },
};

int tierscope_clx_m2m_decode(__u64 config, __u32 *ret_set)
{
	return tierscope_clx_decode(config, events,
				    sizeof(events) / sizeof(events[0]),
				    ret_set);
}
