// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What speaks against a mode.
 */
#include <string.h>

#include <tierscope/tierscope.h>

#include "suite.h"
#include "tree.h"

static struct tierscope_node nodes[] = {
	{ .id = 0, .has_cpus = true, .total_bytes = 512ULL << 30,
	  .near_bytes = 96ULL << 30 },
	{ .id = 1, .has_cpus = true, .total_bytes = 512ULL << 30,
	  .near_bytes = 96ULL << 30 },
};

/* A Cascade Lake in Memory Mode. */
static struct tierscope_topology topology = {
	.mode = TIERSCOPE_MODE_MEMORY_MODE, .family = 6, .model = 0x55,
	.stepping = 7, .n_nodes = 2, .nodes = nodes,
};

static void doubts(struct tree *tree, const char *expect)
{
	struct tierscope *ts;
	char text[512] = "?";

	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree->path, &ts), 0);
	CU_ASSERT_EQUAL(tierscope_topology_doubts(ts, &topology, sizeof(text),
						  text), 0);
	if (*expect ? !strstr(text, expect) : *text) {
		fprintf(stderr, "'%s' instead of '%s'\n", text, expect);
		CU_FAIL("other doubts");
	}
	tierscope_free(ts);
}

/* As ipmctl's NvmTables.h has it: the mode is byte 6 of the first sub-table. */
static void write_pcat(struct tree *tree, uint8_t mode)
{
	uint8_t pcat[48] = "PCAT";

	pcat[42] = 8;
	pcat[46] = mode;
	tree_write_bytes(tree, "sys/firmware/acpi/tables/PCAT", pcat,
			 sizeof(pcat));
}

static void test_doubts(void)
{
	struct tree tree = tree_make();
	struct tierscope *ts;
	char little[8];

	doubts(&tree, "");
	write_pcat(&tree, 0);
	doubts(&tree, "PCAT says 1LM");
	write_pcat(&tree, 1);
	doubts(&tree, "");
	topology.mode = TIERSCOPE_MODE_APP_DIRECT;
	doubts(&tree, "PCAT says 2LM");

	write_pcat(&tree, 0);
	doubts(&tree, "");
	topology.model = 0xcf;
	doubts(&tree, "Emerald Rapids, which takes no Optane");
	topology.mode = TIERSCOPE_MODE_DRAM_ONLY;
	doubts(&tree, "");
	tree_write(&tree, "sys/firmware/acpi/tables/NFIT", "NFIT");
	doubts(&tree, "there are NVDIMMs");

	topology.mode = TIERSCOPE_MODE_MEMORY_MODE;
	nodes[1].near_bytes = nodes[1].total_bytes;
	doubts(&tree, "takes no Optane; the near memory of node 1");

	/* Cut where there is no room. */
	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree.path, &ts), 0);
	CU_ASSERT_EQUAL(tierscope_topology_doubts(ts, &topology, sizeof(little),
						  little), 0);
	CU_ASSERT_EQUAL(strlen(little), sizeof(little) - 1);
	tierscope_free(ts);
	tree_remove(&tree);
}

static const struct suite_test tests[] = {
	{ "what speaks against a mode", test_doubts },
};

SUITE_MAIN("doubts", tests)
