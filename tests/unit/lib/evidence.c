// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is concluded when the evidence is thin, odd or contradictory.
 */
#include <string.h>

#include <tierscope/tierscope.h>

#include "lib/topology.h"

#include "suite.h"
#include "tree.h"

#define NODES "sys/devices/system/node"
#define TIERS "sys/devices/virtual/memory_tiering"

static const char model[] =
	"cpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Xeon\nstepping\t: 7\n";

/* Node 0 with socket 0, node 1 with socket 1, node 2 without CPUs. */
static struct tree make_machine(void)
{
	struct tree tree = tree_make();

	tree_write(&tree, "proc/cpuinfo", model);
	tree_write(&tree, "sys/devices/system/cpu/online", "0-1\n");
	tree_write(&tree, "sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
	tree_write(&tree, "sys/devices/system/cpu/cpu1/topology/physical_package_id", "1\n");
	tree_write(&tree, NODES "/online", "0-3\n");
	tree_write(&tree, NODES "/node0/cpulist", "0\n");
	tree_write(&tree, NODES "/node1/cpulist", "1\n");
	tree_write(&tree, NODES "/node2/cpulist", "\n");
	tree_write(&tree, NODES "/node3/cpulist", "\n");
	tree_write(&tree, NODES "/node0/meminfo", "Node 0 MemTotal: 8 kB\n");
	tree_write(&tree, NODES "/node1/meminfo", "Node 1 MemTotal: 8 kB\n");
	tree_write(&tree, NODES "/node2/meminfo", "Node 2 MemTotal: 8 kB\n");
	/* Neither memory nor CPUs: a generic initiator. */
	tree_write(&tree, NODES "/node3/meminfo", "Node 3 MemTotal: 0 kB\n");
	tree_write(&tree, NODES "/node2/distance", "20 20 10 40\n");
	return tree;
}

static struct tierscope_topology *read_tree(struct tree *tree)
{
	struct tierscope_topology *topology = NULL;
	struct tierscope *ts = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree->path, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_topology_read(ts, &topology), 0);
	CU_ASSERT_EQUAL_FATAL(topology->n_nodes, 3);
	tierscope_free(ts);
	return topology;
}

static void test_nothing_says(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology = read_tree(&tree);

	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(topology->nodes[2].socket, -1);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	tierscope_topology_free(topology);

	tree_write(&tree, NODES "/node2/distance", "30 20 10 40\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[2].socket, 1);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

/* Not to be read, even by root: a directory. */
static void test_no_meminfo(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	unlinkat(tree.fd, NODES "/node1/meminfo", 0);
	tree_write(&tree, NODES "/node1/meminfo/x", "");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[0].total_bytes, 8192);
	CU_ASSERT_EQUAL(topology->nodes[0].free_bytes, TIERSCOPE_BYTES_UNKNOWN);
	CU_ASSERT_EQUAL(topology->nodes[1].total_bytes, TIERSCOPE_BYTES_UNKNOWN);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

/* Numbers as 6.12 makes them from HMAT: no number means anything by itself. */
static void test_tiers_are_compared(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	tree_write(&tree, TIERS "/memory_tier9/nodelist", "0-1\n");
	tree_write(&tree, TIERS "/memory_tier196/nodelist", "2\n");
	/* Slower, but so is CXL memory. */
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	tierscope_topology_free(topology);

	tree_write(&tree, "sys/firmware/acpi/tables/NFIT", "");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_PMEM);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_APP_DIRECT);
	tierscope_topology_free(topology);

	tree_write(&tree, TIERS "/memory_tier9/nodelist", "\n");
	tree_write(&tree, TIERS "/memory_tier196/nodelist", "0-2\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_DRAM);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

static void add_dax(struct tree *tree, const char *device, const char *driver)
{
	char path[256], link[256];

	snprintf(path, sizeof(path), "sys/devices/%s/target_node", device);
	tree_write(tree, path, "2\n");
	snprintf(path, sizeof(path), "sys/devices/%s/numa_node", device);
	tree_write(tree, path, "1\n");
	snprintf(path, sizeof(path), "sys/devices/%s/driver", device);
	snprintf(link, sizeof(link), "../../bus/dax/drivers/%s", driver);
	tree_link(tree, path, link);
	snprintf(path, sizeof(path), "../../../devices/%s", device);
	tree_link(tree, "sys/bus/dax/devices/dax0.0", path);
}

static void test_dax_not_nvdimm(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	add_dax(&tree, "platform/hmem.0/dax0.0", "kmem");
	tree_write(&tree, TIERS "/memory_tier4/nodelist", "0-1\n");
	tree_write(&tree, TIERS "/memory_tier22/nodelist", "2\n");
	topology = read_tree(&tree);
	/* CXL or HBM: slower, but no Optane. */
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	CU_ASSERT_EQUAL(topology->nodes[2].socket, 1);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

/* Device DAX that nobody made memory: it is Optane, but no node is. */
static void test_dax_not_kmem(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	add_dax(&tree, "x/ndbus0/region0/dax0.0/dax0.0", "device_dax");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_APP_DIRECT);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

static void test_other_caches(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	/* Write-through, and one whose indexing is not known to be direct. */
	tree_write(&tree, NODES "/node0/memory_side_cache/index1/size", "4096\n");
	tree_write(&tree, NODES "/node0/memory_side_cache/index1/indexing", "0\n");
	tree_write(&tree, NODES "/node0/memory_side_cache/index1/write_policy", "1\n");
	tree_write(&tree, NODES "/node1/memory_side_cache/index1/size", "4096\n");
	tree_write(&tree, NODES "/node1/memory_side_cache/index1/indexing", "1\n");
	tree_write(&tree, NODES "/node1/memory_side_cache/index1/write_policy", "0\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->nodes[1].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->near_bytes, 0);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

/* A PCAT with one sub-table of another type and the platform capability. */
static void write_pcat(struct tree *tree, uint8_t mode)
{
	uint8_t table[40 + 8 + 16] = "PCAT";

	table[40] = 5;
	table[42] = 8;
	table[48] = 0;
	table[50] = 16;
	table[54] = mode;
	tree_write_bytes(tree, "sys/firmware/acpi/tables/PCAT", table,
			 sizeof(table));
}

static void test_pcat_in_topology(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	tree_write(&tree, TIERS "/memory_tier4/nodelist", "0-2\n");
	tree_write(&tree, "sys/firmware/acpi/tables/NFIT", "");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->mode_evidence, "NFIT"));
	tierscope_topology_free(topology);

	write_pcat(&tree, TIERSCOPE_PCAT_2LM);
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->mode_evidence, "PCAT"));
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_CACHED);
	CU_ASSERT_EQUAL(topology->near_bytes, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->near_evidence, "not known"));
	tierscope_topology_free(topology);

	write_pcat(&tree, TIERSCOPE_PCAT_1LM);
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_DRAM_ONLY);
	tierscope_topology_free(topology);

	write_pcat(&tree, TIERSCOPE_PCAT_MIXED);
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->nodes[0].evidence, "1LM and 2LM"));
	tierscope_topology_free(topology);

	/* 3 is no mode. */
	write_pcat(&tree, 3);
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->nodes[0].evidence, "PCAT"));
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

/* What an ordinary user sees of a machine that may be in Memory Mode. */
static void test_pcat_unreadable(void)
{
	struct tree tree = make_machine();
	struct tierscope_topology *topology;

	/* Not to be read, even by root: a directory. */
	tree_write(&tree, "sys/firmware/acpi/tables/PCAT/x", "");
	tree_write(&tree, TIERS "/memory_tier4/nodelist", "0-2\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->mode_evidence, "PCAT"));
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->near_evidence, "not known"));
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->near_evidence, "root's"));
	tierscope_topology_free(topology);

	tree_write(&tree, "sys/bus/nd/devices/region0/devtype", "nd_volatile\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_UNKNOWN);
	tierscope_topology_free(topology);

	tree_write(&tree, "sys/bus/nd/devices/region1/devtype", "nd_pmem\n");
	topology = read_tree(&tree);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_APP_DIRECT);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->mode_evidence, "region1"));
	/* What is left of the Optane may still be behind a cache. */
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_UNKNOWN);
	tierscope_topology_free(topology);
	tree_remove(&tree);
}

static void test_bad_pcat(void)
{
	uint8_t table[64] = "PCAT";

	/* Sub-tables of length 0 and beyond the end, every length cut. */
	CU_ASSERT_EQUAL(tierscope_pcat_parse(table, sizeof(table)),
			TIERSCOPE_PCAT_UNKNOWN);
	table[42] = 255;
	CU_ASSERT_EQUAL(tierscope_pcat_parse(table, sizeof(table)),
			TIERSCOPE_PCAT_UNKNOWN);
	table[42] = 16;
	table[46] = 1;
	CU_ASSERT_EQUAL(tierscope_pcat_parse(table, sizeof(table)),
			TIERSCOPE_PCAT_2LM);
	table[46] = 3;
	CU_ASSERT_EQUAL(tierscope_pcat_parse(table, sizeof(table)),
			TIERSCOPE_PCAT_UNKNOWN);
	for (size_t size = 0; size < 56; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		memcpy(cut, table, size);
		CU_ASSERT_EQUAL(tierscope_pcat_parse(cut, size),
				TIERSCOPE_PCAT_UNKNOWN);
		free(cut);
	}
}

static const struct suite_test tests[] = {
	{ "nothing says", test_nothing_says },
	{ "no meminfo is not empty", test_no_meminfo },
	{ "tiers are compared", test_tiers_are_compared },
	{ "DAX that is no NVDIMM", test_dax_not_nvdimm },
	{ "DAX that is no memory", test_dax_not_kmem },
	{ "caches that are no near memory", test_other_caches },
	{ "PCAT decides", test_pcat_in_topology },
	{ "PCAT that may not be read", test_pcat_unreadable },
	{ "bad PCAT", test_bad_pcat },
};

SUITE_MAIN("evidence", tests)
