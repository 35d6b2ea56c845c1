/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suite.h"
#include "tier.h"

static void inferred_from_cpus_and_memory(void)
{
	CU_ASSERT_EQUAL(tierscope_tier_infer(true, true), TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(tierscope_tier_infer(false, true), TIERSCOPE_TIER_PMEM);
	CU_ASSERT_EQUAL(tierscope_tier_infer(true, false), TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(tierscope_tier_infer(false, false), TIERSCOPE_TIER_UNKNOWN);
}

static const struct suite_test tests[] = {
	{ "inferred from CPUs and memory", inferred_from_cpus_and_memory },
};

SUITE_MAIN("tier", tests)
