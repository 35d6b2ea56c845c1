// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "suite.h"
#include "tree.h"

static struct tierscope_topology *read_fixture(const char *name)
{
	struct tierscope_topology *topology = NULL;
	struct tierscope *ts = NULL;
	char path[512];

	snprintf(path, sizeof(path), FIXTURES "/%s", name);
	CU_ASSERT_EQUAL_FATAL(tierscope_new(path, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_topology_read(ts, &topology), 0);
	CU_ASSERT_STRING_EQUAL(tierscope_error(ts), "");
	tierscope_free(ts);
	return topology;
}

static bool says(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static void test_memory_mode(void)
{
	struct tierscope_topology *topology = read_fixture("sysfs-memory-mode");

	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_TRUE(says(topology->mode_evidence,
			    "/sys/devices/system/node/node0/memory_side_cache/index1"));
	CU_ASSERT_EQUAL(topology->near_bytes, 128ULL << 20);
	CU_ASSERT_TRUE(says(topology->near_evidence, "memory_side_cache"));
	CU_ASSERT_TRUE(topology->simulated);
	CU_ASSERT_STRING_EQUAL(topology->cpu_model,
			       "Intel Xeon Processor (Cascadelake)");
	CU_ASSERT_EQUAL(topology->family, 6);
	CU_ASSERT_EQUAL(topology->model, 0x55);
	CU_ASSERT_EQUAL(topology->stepping, 6);

	CU_ASSERT_EQUAL_FATAL(topology->n_nodes, 2);
	for (int i = 0; i < 2; i++) {
		const struct tierscope_node *node = &topology->nodes[i];

		CU_ASSERT_EQUAL(node->id, i);
		CU_ASSERT_EQUAL(node->socket, i);
		CU_ASSERT_TRUE(node->has_cpus);
		CU_ASSERT_EQUAL(node->tier, TIERSCOPE_TIER_CACHED);
		CU_ASSERT_EQUAL(node->near_bytes, 64ULL << 20);
	}
	CU_ASSERT_EQUAL(topology->nodes[0].total_bytes, 1288532ULL * 1024);
	CU_ASSERT_EQUAL(topology->nodes[0].free_bytes, 1259024ULL * 1024);
	CU_ASSERT_PTR_EQUAL(tierscope_topology_node(topology, 1),
			    &topology->nodes[1]);
	CU_ASSERT_PTR_NULL(tierscope_topology_node(topology, 2));

	CU_ASSERT_EQUAL_FATAL(topology->n_sockets, 2);
	CU_ASSERT_EQUAL(topology->sockets[1].id, 1);
	CU_ASSERT_EQUAL(topology->sockets[1].cpus, 2);
	CU_ASSERT_EQUAL(topology->sockets[1].first_cpu, 2);
	tierscope_topology_free(topology);
}

static void test_dram_only(void)
{
	struct tierscope_topology *topology = read_fixture("sysfs-dram-only");

	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_DRAM_ONLY);
	CU_ASSERT_TRUE(says(topology->mode_evidence, "neither NFIT nor PCAT"));
	CU_ASSERT_EQUAL(topology->near_bytes, 0);
	CU_ASSERT_FALSE(topology->simulated);
	CU_ASSERT_EQUAL_FATAL(topology->n_nodes, 2);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->nodes[1].tier, TIERSCOPE_TIER_DRAM);
	tierscope_topology_free(topology);
}

static void test_app_direct(void)
{
	struct tierscope_topology *topology = read_fixture("sysfs-app-direct");

	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_APP_DIRECT);
	CU_ASSERT_TRUE(says(topology->mode_evidence,
			    "/sys/bus/dax/devices/dax0.0"));
	CU_ASSERT_EQUAL(topology->near_bytes, 0);
	CU_ASSERT_EQUAL_FATAL(topology->n_nodes, 3);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->nodes[1].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->nodes[2].tier, TIERSCOPE_TIER_PMEM);
	CU_ASSERT_FALSE(topology->nodes[2].has_cpus);
	/* Both sockets are as far away; HMAT names the initiator. */
	CU_ASSERT_EQUAL(topology->nodes[2].socket, 0);
	CU_ASSERT_TRUE(says(topology->nodes[2].evidence, "kmem"));
	tierscope_topology_free(topology);
}

static void test_tier_of_a_cell(void)
{
	struct tierscope_topology *topology = read_fixture("sysfs-app-direct");
	struct tierscope_cell cell = { .node = 2, .kind = TIERSCOPE_KIND_ANON };

	CU_ASSERT_EQUAL(tierscope_topology_tier(topology, &cell), TIERSCOPE_TIER_PMEM);
	cell.node = 7;
	CU_ASSERT_EQUAL(tierscope_topology_tier(topology, &cell), TIERSCOPE_TIER_UNKNOWN);
	/* The target node of a DAX device is not online, or of DRAM too. */
	cell.kind = TIERSCOPE_KIND_DAX;
	CU_ASSERT_EQUAL(tierscope_topology_tier(topology, &cell), TIERSCOPE_TIER_PMEM);
	cell.node = 0;
	CU_ASSERT_EQUAL(tierscope_topology_tier(topology, &cell), TIERSCOPE_TIER_PMEM);
	topology->mode = TIERSCOPE_MODE_DRAM_ONLY;
	CU_ASSERT_EQUAL(tierscope_topology_tier(topology, &cell), TIERSCOPE_TIER_DRAM);
	tierscope_topology_free(topology);
}

static void test_cascade_lake(void)
{
	struct tierscope_topology *topology = read_fixture("sysfs-cascade-lake");

	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_APP_DIRECT);
	CU_ASSERT_TRUE(says(topology->mode_evidence,
			    "/sys/bus/nd/devices/region0"));
	CU_ASSERT_FALSE(topology->simulated);
	CU_ASSERT_EQUAL(topology->stepping, 7);
	CU_ASSERT_EQUAL_FATAL(topology->n_nodes, 2);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL_FATAL(topology->n_sockets, 2);
	CU_ASSERT_EQUAL(topology->sockets[0].cpus, 4);
	CU_ASSERT_EQUAL(topology->sockets[1].first_cpu, 2);
	tierscope_topology_free(topology);
}

static void test_nothing_there(void)
{
	struct tierscope_topology *topology = NULL;
	struct tree tree = tree_make();
	struct tierscope *ts;

	CU_ASSERT_EQUAL(tierscope_new("/nonexistent", &ts), -ENOENT);
	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree.path, &ts), 0);
	CU_ASSERT_EQUAL(tierscope_topology_read(ts, &topology), -ENOENT);
	CU_ASSERT_TRUE(says(tierscope_error(ts), "/proc/cpuinfo"));
	tree_write(&tree, "proc/cpuinfo", "processor : 0\n");
	tree_write(&tree, "sys/devices/system/cpu/online", "0\n");
	CU_ASSERT_EQUAL(tierscope_topology_read(ts, &topology), -ENOENT);
	CU_ASSERT_TRUE(says(tierscope_error(ts),
			    "/sys/devices/system/node/online"));
	CU_ASSERT_PTR_NULL(topology);
	tierscope_free(ts);
	tree_remove(&tree);
}

static void test_this_machine(void)
{
	struct tierscope_topology *topology = NULL;
	struct tierscope *ts = NULL;
	unsigned int cpus = 0;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(NULL, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_topology_read(ts, &topology), 0);
	CU_ASSERT_TRUE(topology->n_nodes >= 1);
	CU_ASSERT_TRUE(topology->mode_evidence[0] != '\0');
	for (size_t i = 0; i < topology->n_nodes; i++)
		CU_ASSERT_TRUE(topology->nodes[i].evidence[0] != '\0');
	for (size_t i = 0; i < topology->n_sockets; i++)
		cpus += topology->sockets[i].cpus;
	CU_ASSERT_EQUAL(cpus, sysconf(_SC_NPROCESSORS_ONLN));
	tierscope_topology_free(topology);
	tierscope_free(ts);
}

static const struct suite_test tests[] = {
	{ "memory mode", test_memory_mode },
	{ "dram only", test_dram_only },
	{ "app direct", test_app_direct },
	{ "the tier of a cell", test_tier_of_a_cell },
	{ "a Cascade Lake", test_cascade_lake },
	{ "nothing there", test_nothing_there },
	{ "this machine", test_this_machine },
};

SUITE_MAIN("topology", tests)
