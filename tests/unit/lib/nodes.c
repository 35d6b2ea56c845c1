// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "suite.h"
#include "tree.h"

/* Two sockets with DRAM (0, 1), Optane of each (2, 3), CPUs without memory (5). */
static struct tierscope_node nodes[] = {
	{ .id = 0, .socket = 0, .has_cpus = true, .total_bytes = 1, .tier = TIERSCOPE_TIER_DRAM },
	{ .id = 1, .socket = 1, .has_cpus = true, .total_bytes = 1, .tier = TIERSCOPE_TIER_DRAM },
	{ .id = 2, .socket = 0, .total_bytes = 1, .tier = TIERSCOPE_TIER_PMEM },
	{ .id = 3, .socket = 1, .total_bytes = TIERSCOPE_BYTES_UNKNOWN, .tier = TIERSCOPE_TIER_PMEM },
	{ .id = 5, .socket = 1, .has_cpus = true, .total_bytes = 0, .tier = TIERSCOPE_TIER_DRAM },
};

static const struct tierscope_topology machine = {
	.n_nodes = sizeof(nodes) / sizeof(nodes[0]),
	.nodes = nodes,
};

static struct tree tree;
static struct tierscope *ts;

static void begin(const char *status)
{
	tree = tree_make();
	if (status)
		tree_write(&tree, "proc/self/status", status);
	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree.path, &ts), 0);
}

static void end(void)
{
	tierscope_free(ts);
	tree_remove(&tree);
}

static void becomes(const char *text, const char *expected)
{
	struct tierscope_nodes set = { 0 };
	char *list = NULL;
	int r = tierscope_nodes_parse(ts, &machine, text, &set);

	if (r)
		fprintf(stderr, "'%s': %s\n", text, tierscope_error(ts));
	CU_ASSERT_EQUAL_FATAL(r, 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_nodes_format(&set, &list), 0);
	CU_ASSERT_STRING_EQUAL(list, expected);
	free(list);
	tierscope_nodes_clear(&set);
	CU_ASSERT_EQUAL(set.n, 0);
	tierscope_nodes_clear(&set);
}

static void refused(const char *text, int error, const char *sentence)
{
	struct tierscope_nodes set = { .n = 7 };

	CU_ASSERT_EQUAL(tierscope_nodes_parse(ts, &machine, text, &set), error);
	CU_ASSERT_EQUAL(set.n, 7);
	if (!strstr(tierscope_error(ts), sentence))
		fprintf(stderr, "'%s': %s\n", text, tierscope_error(ts));
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), sentence));
}

static void test_numbers(void)
{
	begin(NULL);
	becomes("0", "0");
	becomes("0-1", "0-1");
	becomes("2,0", "0,2");
	becomes("0,0-1,1", "0-1");
	becomes("3", "3");
	becomes("!2", "0-1,3");
	becomes("!0-1,3", "2");
	becomes("all", "0-3");
	becomes("+0", "0");
	becomes("+1-2,0", "0-2");
	end();
}

static void test_tiers(void)
{
	begin(NULL);
	becomes("dram", "0-1");
	becomes("pmem", "2-3");
	becomes("pmem@1", "3");
	becomes("dram@0,pmem@0", "0,2");
	becomes("dram,3", "0-1,3");
	becomes("!pmem", "0-1");
	end();
}

/* What is relative is so to the caller's cpuset; a number is a number. */
static void test_cpuset(void)
{
	begin("Name:\ttest\nMems_allowed:\t0000000e\nMems_allowed_list:\t1-3\nnonsense\n");
	becomes("all", "1-3");
	becomes("!3", "1-2");
	becomes("+0", "1");
	becomes("0", "0");
	becomes("dram", "0-1");
	refused("+3", -ENODEV, "no node +3");
	end();
}

static void test_not_there(void)
{
	begin(NULL);
	refused("5", -ENODEV, "node 5 has no memory");
	refused("0-4", -ENODEV, "no node 4");
	refused("4", -ENODEV, "no node 4");
	refused("2147483647", -ENODEV, "no node 2147483647");
	refused("0-2147483647", -ENODEV, "no node 4");
	refused("memory-mode", -ENODEV, "no memory of tier memory-mode");
	refused("cached", -ENODEV, "no memory of tier");
	refused("unknown", -ENODEV, "no memory of tier unknown");
	refused("pmem@7", -ENODEV, "socket 7 has no memory of tier pmem");
	refused("!all", -ENODEV, "leaves no node");
	refused("+4", -ENODEV, "no node +4");
	end();
}

static void test_malformed(void)
{
	static const char *const texts[] = {
		"", ",", "0,", ",0", "0-", "-1", "1-0", "0 ", " 0", "0-1-2", "!",
		"!!0", "0,!1", "+", "+-1", "tape", "dram@", "dram@x", "dram@-1",
		"@0", "DRAM", "dram@0@1", "0x1", "99999999999999999999",
		"2147483648", "all@0", "dram-pmem",
	};

	begin(NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i], -EINVAL, "is no list of nodes");
	end();
}

static void test_have(void)
{
	int ids[] = { 0, 2, 3, 4, 9 };
	struct tierscope_nodes set = { 5, ids }, none = { 0 };
	char *list = NULL;

	CU_ASSERT_TRUE(tierscope_nodes_have(&set, 9));
	CU_ASSERT_FALSE(tierscope_nodes_have(&set, 1));
	CU_ASSERT_FALSE(tierscope_nodes_have(&none, 0));
	CU_ASSERT_EQUAL_FATAL(tierscope_nodes_format(&set, &list), 0);
	CU_ASSERT_STRING_EQUAL(list, "0,2-4,9");
	free(list);
	CU_ASSERT_EQUAL_FATAL(tierscope_nodes_format(&none, &list), 0);
	CU_ASSERT_STRING_EQUAL(list, "");
	free(list);
}

static void test_cpus(void)
{
	static const char *const bad[] = { "", ",", "0,", "0-", "1-0", "-1", "x", "0 ", "!0", "9999" };
	struct tierscope_cpus cpus = { .n = 7 };

	begin(NULL);
	tree_write(&tree, "sys/devices/system/cpu/online", "0-2,8\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(tierscope_cpus_parse(ts, bad[i], &cpus), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "is no list of CPUs"));
	}
	CU_ASSERT_EQUAL(tierscope_cpus_parse(ts, "1-3", &cpus), -ENODEV);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "CPU 3 is not there"));
	CU_ASSERT_EQUAL(cpus.n, 7);
	CU_ASSERT_EQUAL_FATAL(tierscope_cpus_parse(ts, "8,1-2,2", &cpus), 0);
	CU_ASSERT_EQUAL_FATAL(cpus.n, 3);
	CU_ASSERT_EQUAL(cpus.ids[0], 1);
	CU_ASSERT_EQUAL(cpus.ids[2], 8);
	tierscope_cpus_clear(&cpus);
	CU_ASSERT_EQUAL(cpus.n, 0);
	end();
}

static const struct suite_test tests[] = {
	{ "nodes by number", test_numbers },
	{ "nodes by tier", test_tiers },
	{ "the caller's cpuset", test_cpuset },
	{ "nodes that are not there", test_not_there },
	{ "no list of nodes", test_malformed },
	{ "members", test_have },
	{ "CPUs", test_cpus },
};

SUITE_MAIN("nodes", tests)
