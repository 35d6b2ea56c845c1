/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/machine.h"
#include "suite.h"

static void near_memory_has_three_states(void)
{
	struct tierscope_node node = { .has_cpus = true, .tier = TIERSCOPE_TIER_DRAM };
	struct tierscope_topology topology = {
		.mode = TIERSCOPE_MODE_APP_DIRECT, .near_evidence = "not known: why",
		.n_nodes = 1, .nodes = &node,
	};

	CU_ASSERT_EQUAL(report_near_memory(&topology).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_EQUAL(report_node_near_memory(&node).state, REPORT_NOT_AVAILABLE);
	/* App Direct, and PCAT may not be read: the rest may be cached. */
	node.tier = TIERSCOPE_TIER_UNKNOWN;
	CU_ASSERT_EQUAL(report_near_memory(&topology).state, REPORT_NOT_MEASURED);
	CU_ASSERT_STRING_EQUAL(report_near_memory(&topology).reason, "not known: why");
	CU_ASSERT_EQUAL(report_node_near_memory(&node).state, REPORT_NOT_MEASURED);
	/* Memory Mode by PCAT, without a cache in HMAT. */
	topology.mode = TIERSCOPE_MODE_MEMORY_MODE;
	node.tier = TIERSCOPE_TIER_CACHED;
	CU_ASSERT_EQUAL(report_near_memory(&topology).state, REPORT_NOT_MEASURED);
	CU_ASSERT_EQUAL(report_node_near_memory(&node).state, REPORT_NOT_MEASURED);
	topology.near_bytes = node.near_bytes = 4096;
	CU_ASSERT_EQUAL(report_near_memory(&topology).number, 4096);
	CU_ASSERT_EQUAL(report_node_near_memory(&node).number, 4096);
}

static void unread_memory_is_no_zero(void)
{
	CU_ASSERT_EQUAL(report_node_bytes(TIERSCOPE_BYTES_UNKNOWN).state,
			REPORT_NOT_MEASURED);
	CU_ASSERT_EQUAL(report_node_bytes(0).state, REPORT_VALUE);
}

static const struct suite_test tests[] = {
	{ "near memory has three states", near_memory_has_three_states },
	{ "unread memory is no zero", unread_memory_is_no_zero },
};

SUITE_MAIN("report machine", tests)
