// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration, and how it wins over sysfs. */
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "message.h"
#include "lib/override.h"
#include "suite.h"
#include "tree.h"

static struct tree tree;
static struct tierscope *ts;

static void begin(const char *text)
{
	tree = tree_make();
	if (text)
		tree_write(&tree, "etc/tierscope/tierscope.conf", text);
	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree.path, &ts), 0);
}

static void end(void)
{
	tierscope_free(ts);
	tree_remove(&tree);
}

static void refused(const char *text, const char *sentence)
{
	struct tierscope_config *config = NULL;

	begin(text);
	CU_ASSERT_EQUAL(tierscope_config_read(ts, &config), -EBADMSG);
	CU_ASSERT_PTR_NULL(config);
	if (!strstr(tierscope_error(ts), sentence))
		fprintf(stderr, "%s\n", tierscope_error(ts));
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), sentence));
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "/etc/tierscope/tierscope.conf:"));
	end();
}

static void test_missing(void)
{
	struct tierscope_config *config = NULL;

	begin(NULL);
	CU_ASSERT_EQUAL_FATAL(tierscope_config_read(ts, &config), 0);
	CU_ASSERT_EQUAL(config->n_nodes, 0);
	CU_ASSERT_EQUAL(config->n_rules, 0);
	tierscope_config_free(config);
	CU_ASSERT_EQUAL(tierscope_config_from(ts, "/nonexistent"), 0);
	CU_ASSERT_EQUAL(tierscope_config_read(ts, &config), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "'/nonexistent'"));
	CU_ASSERT_EQUAL(tierscope_config_from(ts, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_config_read(ts, &config), 0);
	tierscope_config_free(config);
	tierscope_config_free(NULL);
	end();
}

static void test_read(void)
{
	struct tierscope_config *config = NULL;

	begin("# what firmware does not say\n"
	      "[nodes]\n"
	      "node2 = pmem   ; an Optane\n"
	      "node10=cached\n"
	      "\n"
	      "[rule redis]\n"
	      "program = /usr/bin/redis-server\n"
	      "tier = interleave:dram=3,pmem=1\n"
	      "[rule data bases]\n"
	      "tier = pmem\n"
	      "cgroup = /system.slice/db.service\n");
	CU_ASSERT_EQUAL_FATAL(tierscope_config_read(ts, &config), 0);
	CU_ASSERT_STRING_EQUAL(config->file, TIERSCOPE_CONFIG);
	CU_ASSERT_EQUAL_FATAL(config->n_nodes, 2);
	CU_ASSERT_EQUAL(config->nodes[0].id, 2);
	CU_ASSERT_EQUAL(config->nodes[0].tier, TIERSCOPE_TIER_PMEM);
	CU_ASSERT_EQUAL(config->nodes[0].line, 3);
	CU_ASSERT_EQUAL(config->nodes[1].id, 10);
	CU_ASSERT_EQUAL(config->nodes[1].tier, TIERSCOPE_TIER_CACHED);
	CU_ASSERT_EQUAL_FATAL(config->n_rules, 2);
	CU_ASSERT_STRING_EQUAL(config->rules[0].name, "redis");
	CU_ASSERT_STRING_EQUAL(config->rules[0].program, "/usr/bin/redis-server");
	CU_ASSERT_PTR_NULL(config->rules[0].cgroup);
	CU_ASSERT_STRING_EQUAL(config->rules[0].tier, "interleave:dram=3,pmem=1");
	CU_ASSERT_EQUAL(config->rules[0].line, 7);
	CU_ASSERT_STRING_EQUAL(config->rules[1].name, "data bases");
	CU_ASSERT_STRING_EQUAL(config->rules[1].cgroup, "/system.slice/db.service");
	tierscope_config_free(config);
	end();
}

static void test_wrong(void)
{
	static const char long_line[] = "[rule long]\n# two\nprogram = /%0300d\ntier = pmem\n";
	char text[512];

	refused("[nodes]\nnode2 = tape\n", ".conf:2: 'tape' is no tier");
	refused("[nodes]\n\nnode = pmem\n", ".conf:3: 'node' is no node");
	refused("[nodes]\nnode-1 = pmem\n", ".conf:2: 'node-1' is no node");
	refused("[nodes]\nnode2x = pmem\n", ".conf:2: 'node2x' is no node");
	refused("[nodes]\nnode1024 = pmem\n", "'node1024' is no node");
	refused("[nodes]\nnode2 = pmem\nnode2 = dram\n", ".conf:3: node2 is given twice");
	refused("node2 = pmem\n", ".conf:1: 'node2' is in no section");
	refused("[node]\nnode2 = pmem\n", ".conf:2: 'node2' is in no section");
	refused("[nodes\nnode2 = pmem\n", ".conf:1: neither");
	refused("[nodes]\nnode2\nnode3 = tape\n", ".conf:2: neither");
	refused("[nodes]\nnode3 = tape\nnode2\n", ".conf:2: 'tape'");
	refused("[rule ]\ntier = pmem\n", ".conf:2: the rule has no name");
	refused("[rule a]\ntiers = pmem\n", ".conf:2: a rule has no 'tiers'");
	refused("[rule a]\nprogram = a\n", ".conf:2: 'a' does not begin with /");
	refused("[rule a]\ncgroup = a.slice\n", "does not begin with /");
	refused("[rule a]\ntier =\n", ".conf:2: the tier is missing");
	refused("[rule a]\ntier = pmem\ntier = dram\n", ".conf:3: tier is given twice");
	refused("[rule a]\ntier = pmem\n", ".conf:2: rule a has neither program nor cgroup");
	refused("[rule a]\nprogram = /a\n", ".conf:2: rule a has no tier");
	refused("[rule an extraordinarily long name of a rule that nobody reads]\ntier = pmem\n",
		".conf:2: the name of the section has more than");
	snprintf(text, sizeof(text), long_line, 0);
	refused(text, ".conf:3: more than 198 characters");
}

static struct tierscope_node nodes[2];
static struct tierscope_topology machine = { .n_nodes = 2, .nodes = nodes };

static void two_nodes(void)
{
	nodes[0] = (struct tierscope_node){ .id = 0, .tier = TIERSCOPE_TIER_CACHED,
					    .near_bytes = 7 };
	nodes[1] = (struct tierscope_node){ .id = 2, .tier = TIERSCOPE_TIER_UNKNOWN };
}

static void test_override(void)
{
	begin("[nodes]\nnode2 = pmem\nnode0 = dram\nnode9 = dram\n");
	two_nodes();
	CU_ASSERT_EQUAL(tierscope_override_by_config(ts, &machine), 0);
	CU_ASSERT_EQUAL(nodes[0].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(nodes[0].near_bytes, 0);
	CU_ASSERT_STRING_EQUAL(nodes[0].evidence,
		"set in /etc/tierscope/tierscope.conf:3; without that it would be memory-mode");
	CU_ASSERT_EQUAL(nodes[1].tier, TIERSCOPE_TIER_PMEM);
	/* A tree is not the machine whose module that is. */
	CU_ASSERT_EQUAL(tierscope_override_by_module(ts, &machine), 0);
	end();
}

/* What a file says of nodes is in the topology, mode included. */
static void test_topology(void)
{
	struct tierscope_topology *topology = NULL;
	char file[128];

	begin("[nodes]\nnode0 = cached\nnode1 = tape\n");
	snprintf(file, sizeof(file), "%s/etc/tierscope/tierscope.conf", tree.path);
	tierscope_free(ts);
	CU_ASSERT_EQUAL_FATAL(tierscope_new(FIXTURES "/sysfs-dram-only", &ts), 0);
	CU_ASSERT_EQUAL(tierscope_config_from(ts, file), 0);
	CU_ASSERT_EQUAL(tierscope_topology_read(ts, &topology), -EBADMSG);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), ":3: 'tape'"));
	tree_write(&tree, "etc/tierscope/tierscope.conf", "[nodes]\nnode0 = cached\n");
	CU_ASSERT_EQUAL_FATAL(tierscope_topology_read(ts, &topology), 0);
	CU_ASSERT_EQUAL(topology->nodes[0].tier, TIERSCOPE_TIER_CACHED);
	CU_ASSERT_EQUAL(topology->nodes[1].tier, TIERSCOPE_TIER_DRAM);
	CU_ASSERT_EQUAL(topology->mode, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_PTR_NOT_NULL(strstr(topology->mode_evidence, "set in"));
	tierscope_topology_free(topology);
	end();
}

static int answer(uint64_t id, uint64_t tier, uint64_t source)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_NODE_GET);
	int r;

	put_u32(message, TIERSCOPE_NODE_ID, id);
	put_u32(message, TIERSCOPE_NODE_TIER, tier);
	put_u32(message, TIERSCOPE_NODE_TIER_SOURCE, source);
	r = tierscope_override_parse(nlmsg_hdr(message), &machine);
	nlmsg_free(message);
	return r;
}

static void test_module(void)
{
	two_nodes();
	CU_ASSERT_EQUAL(answer(2, TIERSCOPE_TIER_DRAM, TIERSCOPE_TIER_SOURCE_INFERRED), 0);
	CU_ASSERT_EQUAL(nodes[1].tier, TIERSCOPE_TIER_UNKNOWN);
	CU_ASSERT_EQUAL(answer(2, TIERSCOPE_TIER_PMEM, TIERSCOPE_TIER_SOURCE_SET), 0);
	CU_ASSERT_EQUAL(nodes[1].tier, TIERSCOPE_TIER_PMEM);
	CU_ASSERT_PTR_NOT_NULL(strstr(nodes[1].evidence, "set in the kernel module"));
	CU_ASSERT_EQUAL(answer(77, TIERSCOPE_TIER_PMEM, TIERSCOPE_TIER_SOURCE_SET), 0);
	CU_ASSERT_EQUAL(answer(2, 99, TIERSCOPE_TIER_SOURCE_SET), -EBADMSG);
	CU_ASSERT_EQUAL(answer(ABSENT, 1, 1), -EBADMSG);
	CU_ASSERT_EQUAL(answer(2, ABSENT, 1), -EBADMSG);
	CU_ASSERT_EQUAL(answer(2, 1, ABSENT), -EBADMSG);
	CU_ASSERT_EQUAL(nodes[1].tier, TIERSCOPE_TIER_PMEM);
}

static const struct suite_test tests[] = {
	{ "a file that is missing", test_missing },
	{ "nodes and rules", test_read },
	{ "lines that are wrong", test_wrong },
	{ "a node's tier by the file", test_override },
	{ "a topology by the file", test_topology },
	{ "a node's tier by the module", test_module },
};

SUITE_MAIN("config", tests)
