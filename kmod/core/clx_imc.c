// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/tierscope_sim.h>

#include "clx_imc.h"

/*
 * Event codes and umasks: Intel perfmon, CLX/events/cascadelakex_uncore.json
 * (UNC_M_CLOCKTICKS, UNC_M_CAS_COUNT, UNC_M_TAGCHK, UNC_M_PMM_RPQ_INSERTS,
 * UNC_M_PMM_WPQ_INSERTS).
 */
#define EVENT_CLOCKTICKS	0x00
#define EVENT_CAS_COUNT		0x04
#define EVENT_TAGCHK		0xd3
#define EVENT_PMM_RPQ_INSERTS	0xe3
#define EVENT_PMM_WPQ_INSERTS	0xe7

#define CAS_COUNT_RD		0x03
#define CAS_COUNT_WR		0x0c

#define TAGCHK_HIT		0x01
#define TAGCHK_MISS_CLEAN	0x02
#define TAGCHK_MISS_DIRTY	0x04

struct part {
	__u32 umask;	/* its bits, all of which must be there or none */
	__u32 counter;	/* enum tierscope_sim_imc */
};

static int sum_of_parts(__u32 umask, const struct part *parts, unsigned int n,
			__u32 *ret_set)
{
	__u32 set = 0;

	for (unsigned int i = 0; i < n; i++) {
		if ((umask & parts[i].umask) != parts[i].umask)
			continue;
		umask &= ~parts[i].umask;
		set |= 1U << parts[i].counter;
	}
	if (umask || !set)
		return -EINVAL;
	*ret_set = set;
	return 0;
}

static int whole(__u32 umask, __u32 counter, __u32 *ret_set)
{
	if (umask)
		return -EINVAL;
	*ret_set = 1U << counter;
	return 0;
}

int tierscope_clx_imc_decode(__u64 config, __u32 *ret_set)
{
	static const struct part cas_count[] = {
		{ CAS_COUNT_RD, TIERSCOPE_SIM_CAS_READ },
		{ CAS_COUNT_WR, TIERSCOPE_SIM_CAS_WRITE },
	};
	static const struct part tagchk[] = {
		{ TAGCHK_HIT, TIERSCOPE_SIM_TAG_HIT },
		{ TAGCHK_MISS_CLEAN, TIERSCOPE_SIM_TAG_MISS_CLEAN },
		{ TAGCHK_MISS_DIRTY, TIERSCOPE_SIM_TAG_MISS_DIRTY },
	};
	__u32 umask = (config & TIERSCOPE_CLX_IMC_UMASK) >> 8;

	if (config & (TIERSCOPE_CLX_IMC_EDGE | TIERSCOPE_CLX_IMC_INV |
		      TIERSCOPE_CLX_IMC_THRESH))
		return -EINVAL;

	switch (config & TIERSCOPE_CLX_IMC_EVENT) {
	case EVENT_CLOCKTICKS:
		return whole(umask, TIERSCOPE_SIM_CLOCKTICKS, ret_set);
	case EVENT_CAS_COUNT:
		return sum_of_parts(umask, cas_count,
				    sizeof(cas_count) / sizeof(cas_count[0]),
				    ret_set);
	case EVENT_TAGCHK:
		return sum_of_parts(umask, tagchk,
				    sizeof(tagchk) / sizeof(tagchk[0]),
				    ret_set);
	case EVENT_PMM_RPQ_INSERTS:
		return whole(umask, TIERSCOPE_SIM_PMM_READ, ret_set);
	case EVENT_PMM_WPQ_INSERTS:
		return whole(umask, TIERSCOPE_SIM_PMM_WRITE, ret_set);
	}
	return -EINVAL;
}
