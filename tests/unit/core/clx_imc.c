/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include <linux/tierscope_sim.h>

#include "clx_event.h"
#include "clx_imc.h"
#include "suite.h"

#define BIT(n) (1U << (n))

static __u32 counted(__u64 config)
{
	__u32 set = 0;

	CU_ASSERT_EQUAL(tierscope_clx_imc_decode(config, &set), 0);
	return set;
}

static void refused(__u64 config)
{
	__u32 set = 0xabcd;

	CU_ASSERT_EQUAL(tierscope_clx_imc_decode(config, &set), -EINVAL);
	CU_ASSERT_EQUAL(set, 0xabcd);
}

static void named_events(void)
{
	CU_ASSERT_EQUAL(counted(0x0000), BIT(TIERSCOPE_SIM_CLOCKTICKS));
	CU_ASSERT_EQUAL(counted(0x0304), BIT(TIERSCOPE_SIM_CAS_READ));
	CU_ASSERT_EQUAL(counted(0x0c04), BIT(TIERSCOPE_SIM_CAS_WRITE));
	CU_ASSERT_EQUAL(counted(0x00e3), BIT(TIERSCOPE_SIM_PMM_READ));
	CU_ASSERT_EQUAL(counted(0x00e7), BIT(TIERSCOPE_SIM_PMM_WRITE));
	CU_ASSERT_EQUAL(counted(0x01d3), BIT(TIERSCOPE_SIM_TAG_HIT));
	CU_ASSERT_EQUAL(counted(0x02d3), BIT(TIERSCOPE_SIM_TAG_MISS_CLEAN));
	CU_ASSERT_EQUAL(counted(0x04d3), BIT(TIERSCOPE_SIM_TAG_MISS_DIRTY));
}

static void sums(void)
{
	CU_ASSERT_EQUAL(counted(0x0f04), BIT(TIERSCOPE_SIM_CAS_READ) |
					 BIT(TIERSCOPE_SIM_CAS_WRITE));
	CU_ASSERT_EQUAL(counted(0x06d3), BIT(TIERSCOPE_SIM_TAG_MISS_CLEAN) |
					 BIT(TIERSCOPE_SIM_TAG_MISS_DIRTY));
	CU_ASSERT_EQUAL(counted(0x07d3), BIT(TIERSCOPE_SIM_TAG_HIT) |
					 BIT(TIERSCOPE_SIM_TAG_MISS_CLEAN) |
					 BIT(TIERSCOPE_SIM_TAG_MISS_DIRTY));
}

/* The driver of the real one masks them off, too. */
static void bits_outside_the_fields(void)
{
	CU_ASSERT_EQUAL(counted(0xffffffff00000304ULL),
			BIT(TIERSCOPE_SIM_CAS_READ));
	CU_ASSERT_EQUAL(counted(0x00030304), BIT(TIERSCOPE_SIM_CAS_READ));
}

static void what_the_model_has_not(void)
{
	refused(0x0004);	/* CAS_COUNT without an umask */
	refused(0x0104);	/* RD_REG */
	refused(0x0204);	/* RD_UNDERFILL */
	refused(0x0404);	/* WR_WMM */
	refused(0x0704);	/* RD and half of WR */
	refused(0x1004);	/* RD_WMM */
	refused(0x1304);
	refused(0x00d3);	/* TAGCHK without an umask */
	refused(0x08d3);	/* NM_RD_HIT: not on Cascade Lake */
	refused(0x09d3);
	refused(0x0100);	/* CLOCKTICKS has no umask */
	refused(0x01e3);
	refused(0x01e7);
	refused(0x00ff);	/* the fixed counter */
	refused(0x01e0);	/* PMM_RPQ_OCCUPANCY */
}

static void cycle_filters(void)
{
	refused(0x0304 | TIERSCOPE_CLX_EDGE);
	refused(0x0304 | TIERSCOPE_CLX_INV);
	refused(0x0304 | 0x01000000);
	refused(0x0304 | 0x80000000);
}

/* Of all 65536 pairs of event and umask, those above and no other. */
static void nothing_else(void)
{
	unsigned int known = 0;

	for (__u64 config = 0; config < 0x10000; config++) {
		__u32 set = 0;

		if (!tierscope_clx_imc_decode(config, &set)) {
			CU_ASSERT_NOT_EQUAL(set, 0);
			CU_ASSERT_EQUAL(set >> TIERSCOPE_SIM_IMC_COUNTERS, 0);
			known++;
		}
	}
	CU_ASSERT_EQUAL(known, 1 + 3 + 7 + 1 + 1);
}

static const struct suite_test tests[] = {
	{ "named events", named_events },
	{ "sums", sums },
	{ "bits outside the fields", bits_outside_the_fields },
	{ "what the model has not", what_the_model_has_not },
	{ "cycle filters", cycle_filters },
	{ "nothing else", nothing_else },
};

SUITE_MAIN("clx-imc", tests)
