/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include <linux/perf_event.h>

#include "clx_cpu.h"
#include "clx_event.h"
#include "suite.h"

#define BIT(n)		(1U << (n))
#define LOCAL_DRAM	BIT(TIERSCOPE_SIM_LOAD_LOCAL_DRAM)
#define REMOTE_DRAM	BIT(TIERSCOPE_SIM_LOAD_REMOTE_DRAM)
#define LOCAL_PMM	BIT(TIERSCOPE_SIM_LOAD_LOCAL_PMM)
#define REMOTE_PMM	BIT(TIERSCOPE_SIM_LOAD_REMOTE_PMM)

static __u32 counted(__u64 config)
{
	__u32 set = 0;

	CU_ASSERT_EQUAL(tierscope_clx_cpu_decode(config, &set), 0);
	return set;
}

static void refused(__u64 config)
{
	__u32 set = 0xabcd;

	CU_ASSERT_EQUAL(tierscope_clx_cpu_decode(config, &set), -EINVAL);
	CU_ASSERT_EQUAL(set, 0xabcd);
}

static void named_events(void)
{
	CU_ASSERT_EQUAL(counted(0x01d3), LOCAL_DRAM);
	CU_ASSERT_EQUAL(counted(0x02d3), REMOTE_DRAM);
	CU_ASSERT_EQUAL(counted(0x10d3), REMOTE_PMM);
	CU_ASSERT_EQUAL(counted(0x80d1), LOCAL_PMM);
	CU_ASSERT_EQUAL(counted(0x4f2e), BIT(TIERSCOPE_SIM_LLC_READ));
	CU_ASSERT_EQUAL(counted(0x412e), BIT(TIERSCOPE_SIM_LLC_MISS));
	CU_ASSERT_EQUAL(counted(0x00c0), BIT(TIERSCOPE_SIM_INSTRUCTIONS));
	CU_ASSERT_EQUAL(counted(0x003c), BIT(TIERSCOPE_CLX_CPU_CYCLES));
}

static void sums(void)
{
	CU_ASSERT_EQUAL(counted(0x20d1),
			LOCAL_DRAM | REMOTE_DRAM | LOCAL_PMM | REMOTE_PMM);
	CU_ASSERT_EQUAL(counted(0x12d3), REMOTE_DRAM | REMOTE_PMM);
	CU_ASSERT_EQUAL(counted(0x13d3), LOCAL_DRAM | REMOTE_DRAM | REMOTE_PMM);
}

static void what_the_model_has_not(void)
{
	refused(0x00d1);
	refused(0xa0d1);	/* L3_MISS and LOCAL_PMM overlap */
	refused(0x01d1);	/* L1_HIT */
	refused(0x04d3);	/* REMOTE_HITM: caches are not coherent */
	refused(0x00d3);
	refused(0x0000);
	refused(0x0300);	/* CPU_CLK_UNHALTED.REF_TSC */
	refused(0x01c0);	/* INST_RETIRED.PREC_DIST */
	refused(0x013c);	/* CPU_CLK_UNHALTED.REF_XCLK */
	refused(0x00c4);	/* BR_INST_RETIRED.ALL_BRANCHES */
	refused(0x01cd);	/* MEM_TRANS_RETIRED */
	refused(0x012e);
}

static void filters(void)
{
	refused(0x00c0 | TIERSCOPE_CLX_EDGE);
	refused(0x00c0 | TIERSCOPE_CLX_INV);
	refused(0x00c0 | 0x0a000000);
	refused(0x003c | TIERSCOPE_CLX_CPU_ANY);
}

static void generic(void)
{
	static const struct {
		__u64 hw_id, config;
	} same[] = {
		{ PERF_COUNT_HW_CPU_CYCLES, 0x003c },
		{ PERF_COUNT_HW_INSTRUCTIONS, 0x00c0 },
		{ PERF_COUNT_HW_CACHE_REFERENCES, 0x4f2e },
		{ PERF_COUNT_HW_CACHE_MISSES, 0x412e },
	};
	__u32 set = 0;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		CU_ASSERT_EQUAL(tierscope_clx_cpu_generic(same[i].hw_id, &set), 0);
		CU_ASSERT_EQUAL(set, counted(same[i].config));
	}
	set = 0xabcd;
	CU_ASSERT_EQUAL(tierscope_clx_cpu_generic(PERF_COUNT_HW_BRANCH_MISSES,
						  &set), -ENOENT);
	CU_ASSERT_EQUAL(tierscope_clx_cpu_generic(PERF_COUNT_HW_REF_CPU_CYCLES,
						  &set), -ENOENT);
	CU_ASSERT_EQUAL(tierscope_clx_cpu_generic(1ULL << 32, &set), -ENOENT);
	CU_ASSERT_EQUAL(set, 0xabcd);
}

/* Of all 65536 pairs of event and umask, those above and no other. */
static void nothing_else(void)
{
	unsigned int known = 0;

	for (__u64 config = 0; config < 0x10000; config++) {
		__u32 set = 0;

		if (tierscope_clx_cpu_decode(config, &set))
			continue;
		CU_ASSERT_NOT_EQUAL(set, 0);
		CU_ASSERT_EQUAL(set >> TIERSCOPE_CLX_CPU_COUNTERS, 0);
		known++;
	}
	CU_ASSERT_EQUAL(known, 2 + 1 + 1 + 2 + 7);
}

static const struct suite_test tests[] = {
	{ "named events", named_events },
	{ "sums", sums },
	{ "what the model has not", what_the_model_has_not },
	{ "filters", filters },
	{ "generic events", generic },
	{ "nothing else", nothing_else },
};

SUITE_MAIN("clx-cpu", tests)
