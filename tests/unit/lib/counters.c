// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "lib/counter_tables.h"
#include "lib/pmu.h"

#include "suite.h"
#include "tree.h"

static void test_format(void)
{
	uint64_t config = 0;

	CU_ASSERT_EQUAL(tierscope_format_place("config:0-7", 0xd3, &config), 0);
	CU_ASSERT_EQUAL(tierscope_format_place("config:8-15", 0x04, &config), 0);
	CU_ASSERT_EQUAL(config, 0x04d3);

	/* As Sapphire Rapids and the M2M boxes spread it. */
	config = 0;
	CU_ASSERT_EQUAL(tierscope_format_place("config:8-15,32-55", 0x1c80,
					       &config), 0);
	CU_ASSERT_EQUAL(config, 0x1c00008000);
	config = 0;
	CU_ASSERT_EQUAL(tierscope_format_place("config:63", 1, &config), 0);
	CU_ASSERT_EQUAL(config, 1ULL << 63);

	CU_ASSERT_EQUAL(tierscope_format_place("config:0-7", 0x100, &config),
			-ERANGE);
	CU_ASSERT_EQUAL(tierscope_format_place("config1:0-7", 1, &config),
			-EOPNOTSUPP);
	CU_ASSERT_EQUAL(tierscope_format_place("", 1, &config), -EBADMSG);
	CU_ASSERT_EQUAL(tierscope_format_place("config:", 1, &config), -EBADMSG);
	CU_ASSERT_EQUAL(tierscope_format_place("config:7-0", 1, &config),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_format_place("config:0-64", 1, &config),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_format_place("config:0-7;", 1, &config),
			-EBADMSG);
	CU_ASSERT_EQUAL(config, 1ULL << 63);
}

static void test_names(void)
{
	unsigned int unit = 99;

	CU_ASSERT_TRUE(tierscope_pmu_is_of("uncore_imc_11", "uncore_imc",
					   &unit));
	CU_ASSERT_EQUAL(unit, 11);
	CU_ASSERT_TRUE(tierscope_pmu_is_of("uncore_imc", "uncore_imc", &unit));
	CU_ASSERT_EQUAL(unit, 0);
	CU_ASSERT_FALSE(tierscope_pmu_is_of("uncore_imc_free_running_0",
					    "uncore_imc", &unit));
	CU_ASSERT_FALSE(tierscope_pmu_is_of("uncore_imc_", "uncore_imc",
					    &unit));
	CU_ASSERT_FALSE(tierscope_pmu_is_of("uncore_imc_1x", "uncore_imc",
					    &unit));
	CU_ASSERT_FALSE(tierscope_pmu_is_of("uncore_imc7", "uncore_imc",
					    &unit));
	CU_ASSERT_FALSE(tierscope_pmu_is_of("uncore_m2m_0", "uncore_imc",
					    &unit));
}

static void test_generations(void)
{
	static const struct {
		unsigned int model;
		unsigned int stepping;
		enum tierscope_generation generation;
	} known[] = {
		{ 0x55, 4, TIERSCOPE_GENERATION_SKX },
		{ 0x55, 5, TIERSCOPE_GENERATION_CLX },
		{ 0x55, 7, TIERSCOPE_GENERATION_CLX },
		{ 0x55, 11, TIERSCOPE_GENERATION_CPX },
		{ 0x6a, 6, TIERSCOPE_GENERATION_ICX },
		{ 0x8f, 8, TIERSCOPE_GENERATION_SPR },
		{ 0xcf, 2, TIERSCOPE_GENERATION_EMR },
	};
	enum tierscope_generation generation;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CU_ASSERT_EQUAL(tierscope_generation_find(6, known[i].model,
							  known[i].stepping,
							  &generation), 0);
		CU_ASSERT_EQUAL(generation, known[i].generation);
	}
	/* Broadwell, and an EPYC whose model number is the same as SKX's. */
	CU_ASSERT_EQUAL(tierscope_generation_find(6, 0x4f, 1, &generation),
			-EOPNOTSUPP);
	CU_ASSERT_EQUAL(tierscope_generation_find(25, 0x55, 4, &generation),
			-EOPNOTSUPP);
}

static struct tierscope_counters *resolve(const char *root, uint32_t roles)
{
	struct tierscope_counters *counters = NULL;
	struct tierscope *ts = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(root, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve(ts, roles, &counters),
			      0);
	tierscope_free(ts);
	return counters;
}

/* Of Cascade Lake, by role. */
static const uint64_t configs[TIERSCOPE_ROLES] = {
	[TIERSCOPE_ROLE_CLOCKTICKS] = 0x0000,
	[TIERSCOPE_ROLE_DRAM_READ] = 0x0304,
	[TIERSCOPE_ROLE_DRAM_WRITE] = 0x0c04,
	[TIERSCOPE_ROLE_PMM_READ] = 0x00e3,
	[TIERSCOPE_ROLE_PMM_WRITE] = 0x00e7,
	[TIERSCOPE_ROLE_TAG_HIT] = 0x01d3,
	[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = 0x02d3,
	[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = 0x04d3,
	[TIERSCOPE_ROLE_M2M_READ_HIT] = 0x032c,
	[TIERSCOPE_ROLE_M2M_WRITE_NI] = 0x8038,
	[TIERSCOPE_ROLE_M2M_READ_PMM] = 0x0837,
	[TIERSCOPE_ROLE_M2M_WRITE_PMM] = 0x2038,
};

/* All that @roles has, of @units boxes of @box on each of two sockets. */
static void check_boxes(const struct tierscope_counters *counters,
			enum tierscope_box box, unsigned int units,
			uint32_t roles, uint32_t first_type)
{
	const struct tierscope_counter *counter = counters->counters;
	unsigned int of_socket[2] = { 0 };

	for (size_t i = 0; i < counters->n; i++, counter++) {
		enum tierscope_box kind = TIERSCOPE_BOXES;
		unsigned int unit, role = 0;
		char pmu[32];

		CU_ASSERT_EQUAL(tierscope_counter_box(counter, &kind), 0);
		if (kind != box)
			continue;
		CU_ASSERT_TRUE_FATAL(counter->socket == 0 || counter->socket == 1);
		unit = of_socket[counter->socket] / __builtin_popcount(roles);
		for (unsigned int left = of_socket[counter->socket]++ %
			     __builtin_popcount(roles);
		     !(roles & TIERSCOPE_ROLE_BIT(role)) || left--; role++)
			;
		snprintf(pmu, sizeof(pmu), "uncore_%s_%u",
			 tierscope_box_name(box), unit);
		CU_ASSERT_EQUAL(counter->unit, unit);
		CU_ASSERT_EQUAL(counter->role, role);
		CU_ASSERT_STRING_EQUAL(counter->pmu, pmu);
		CU_ASSERT_EQUAL(counter->type, first_type + unit);
		CU_ASSERT_EQUAL(counter->config, configs[role]);
		CU_ASSERT_EQUAL(counter->cpu, counter->socket ? 2 : 0);
	}
	for (int socket = 0; socket < 2; socket++)
		CU_ASSERT_EQUAL(of_socket[socket],
				units * __builtin_popcount(roles));
}

static void test_all_of_memory_mode(void)
{
	struct tierscope_counters *counters;
	enum tierscope_box box;

	counters = resolve(FIXTURES "/sysfs-memory-mode", TIERSCOPE_ROLES_ALL);
	check_boxes(counters, TIERSCOPE_BOX_IMC, 6,
		    TIERSCOPE_ROLES_ALL & ~TIERSCOPE_ROLES_M2M, 12);
	/* Ordered: by socket, the channels before the others. */
	for (size_t i = 1; i < counters->n; i++)
		CU_ASSERT_TRUE(counters->counters[i - 1].socket <=
			       counters->counters[i].socket);
	CU_ASSERT_EQUAL(tierscope_counter_box(&counters->counters[0], &box), 0);
	CU_ASSERT_EQUAL(box, TIERSCOPE_BOX_IMC);
	tierscope_counters_free(counters);
}

static void test_all_of_cascade_lake(void)
{
	struct tierscope_counter other = { .pmu = "cpu" };
	struct tierscope_counters *counters;
	enum tierscope_box box;

	counters = resolve(FIXTURES "/sysfs-cascade-lake", TIERSCOPE_ROLES_ALL);
	CU_ASSERT_EQUAL(counters->n, 2 * (6 * 8 + 2 * 4));
	check_boxes(counters, TIERSCOPE_BOX_IMC, 6,
		    TIERSCOPE_ROLES_ALL & ~TIERSCOPE_ROLES_M2M, 14);
	check_boxes(counters, TIERSCOPE_BOX_M2M, 2, TIERSCOPE_ROLES_M2M, 20);
	CU_ASSERT_EQUAL(tierscope_counter_box(&counters->counters[47], &box), 0);
	CU_ASSERT_EQUAL(box, TIERSCOPE_BOX_IMC);
	CU_ASSERT_EQUAL(tierscope_counter_box(&counters->counters[48], &box), 0);
	CU_ASSERT_EQUAL(box, TIERSCOPE_BOX_M2M);
	tierscope_counters_free(counters);
	CU_ASSERT_EQUAL(tierscope_counter_box(&other, &box), -EINVAL);
}

/* What an M2M box cannot be told is left out; the channels are not. */
static void test_odd_m2m(void)
{
	struct tierscope_counters *counters;
	struct tree tree = tree_make();

#define DEVICES "sys/bus/event_source/devices/"
	tree_write(&tree, "proc/cpuinfo",
		   "cpu family : 6\nmodel : 106\nmodel name : Xeon\nstepping : 6\n");
	tree_write(&tree, "sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
	tree_write(&tree, DEVICES "uncore_imc_0/type", "12\n");
	tree_write(&tree, DEVICES "uncore_imc_0/cpumask", "0\n");
	tree_write(&tree, DEVICES "uncore_imc_0/format/event", "config:0-7\n");
	tree_write(&tree, DEVICES "uncore_imc_0/format/umask", "config:8-15\n");
	tree_write(&tree, DEVICES "uncore_m2m_0/type", "20\n");
	counters = resolve(tree.path, TIERSCOPE_ROLES_ALL);
	CU_ASSERT_EQUAL(counters->n, 8);
	tierscope_counters_free(counters);

	/* Room for umasks of eight bits only: reads that hit have no more. */
	tree_write(&tree, DEVICES "uncore_m2m_0/cpumask", "0\n");
	tree_write(&tree, DEVICES "uncore_m2m_0/format/event", "config:0-7\n");
	tree_write(&tree, DEVICES "uncore_m2m_0/format/umask", "config:8-15\n");
	counters = resolve(tree.path, TIERSCOPE_ROLES_ALL);
	CU_ASSERT_EQUAL_FATAL(counters->n, 9);
	/* No free-running counters: the channels count traffic too. */
	CU_ASSERT_EQUAL(counters->counters[1].config, 0x0f04);
	CU_ASSERT_EQUAL(counters->counters[3].config, 0x00e3);
	CU_ASSERT_EQUAL(counters->counters[8].role, TIERSCOPE_ROLE_M2M_READ_HIT);
	tierscope_counters_free(counters);

	tree_write(&tree, DEVICES "uncore_m2m_0/format/umask", "config:8-15,32-39\n");
	counters = resolve(tree.path, TIERSCOPE_ROLES_ALL);
	CU_ASSERT_EQUAL_FATAL(counters->n, 12);
	CU_ASSERT_EQUAL(counters->counters[9].config, 0x1e00000038);
	CU_ASSERT_EQUAL(counters->counters[10].config, 0x700002037);
	CU_ASSERT_EQUAL(counters->counters[11].config, 0x1c00008038);
	tierscope_counters_free(counters);
	tree_remove(&tree);
}

static void fits(struct tierscope *ts, uint32_t roles, uint32_t left, size_t n)
{
	struct tierscope_counters *counters = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve_fitting(ts, &roles,
								 &counters), 0);
	CU_ASSERT_EQUAL(roles, left);
	CU_ASSERT_EQUAL(counters->n, n);
	tierscope_counters_free(counters);
}

/* Many places where a box is read: 8 counters of channels and 4 of M2M in each. */
static void test_more_than_a_sampler_takes(void)
{
	static const char *const boxes[] = { "uncore_imc_0", "uncore_m2m_0" };
	const uint32_t all = TIERSCOPE_ROLES_ALL, m2m = TIERSCOPE_ROLES_M2M;
	struct tree tree = tree_make();
	struct tierscope *ts = NULL;
	char file[128];

	tree_write(&tree, "proc/cpuinfo",
		   "cpu family : 6\nmodel : 106\nmodel name : Xeon\nstepping : 6\n");
	for (int cpu = 0; cpu < 130; cpu++) {
		snprintf(file, sizeof(file),
			 "sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
		tree_write(&tree, file, "0\n");
	}
	for (size_t i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), DEVICES "%s/type", boxes[i]);
		tree_write(&tree, file, i ? "20\n" : "12\n");
		snprintf(file, sizeof(file), DEVICES "%s/cpumask", boxes[i]);
		tree_write(&tree, file, "0-41\n");
		snprintf(file, sizeof(file), DEVICES "%s/format/event", boxes[i]);
		tree_write(&tree, file, "config:0-7\n");
		snprintf(file, sizeof(file), DEVICES "%s/format/umask", boxes[i]);
		tree_write(&tree, file, "config:8-15,32-39\n");
	}
	CU_ASSERT_EQUAL_FATAL(tierscope_new(tree.path, &ts), 0);
	fits(ts, all, all, 42 * 12);

	/* 43 * 12 is more than 512. */
	for (size_t i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), DEVICES "%s/cpumask", boxes[i]);
		tree_write(&tree, file, "0-42\n");
	}
	fits(ts, all, all & ~m2m, 43 * 8);
	/* What is not enough of a reduction is returned as it is. */
	for (size_t i = 0; i < 2; i++) {
		snprintf(file, sizeof(file), DEVICES "%s/cpumask", boxes[i]);
		tree_write(&tree, file, "0-129\n");
	}
	fits(ts, all, all & ~m2m, 130 * 8);
	fits(ts, m2m, m2m, 130 * 4);
	tierscope_free(ts);
	tree_remove(&tree);
}

static void test_some_of_a_real_one(void)
{
	uint32_t roles = TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_DRAM_READ) |
			 TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_TAG_HIT);
	struct tierscope_counters *counters;

	counters = resolve(FIXTURES "/sysfs-cascade-lake", roles);
	CU_ASSERT_EQUAL_FATAL(counters->n, 2 * 6 * 2);
	CU_ASSERT_EQUAL(counters->counters[0].role, TIERSCOPE_ROLE_DRAM_READ);
	CU_ASSERT_EQUAL(counters->counters[0].type, 14);
	CU_ASSERT_EQUAL(counters->counters[1].role, TIERSCOPE_ROLE_TAG_HIT);
	CU_ASSERT_EQUAL(counters->counters[23].cpu, 2);
	tierscope_counters_free(counters);

	counters = resolve(FIXTURES "/sysfs-cascade-lake", 0);
	CU_ASSERT_EQUAL(counters->n, 0);
	tierscope_counters_free(counters);
}

/* Traffic from the counters that run on their own, so that nothing takes turns;
 * and no box without a channel. */
static void test_ice_lake(void)
{
	static const uint32_t traffic =
		TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_DRAM_READ) |
		TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_DRAM_WRITE) |
		TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_PMM_READ) |
		TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_PMM_WRITE);
	static const uint64_t free_running[] = {
		[TIERSCOPE_ROLE_DRAM_READ] = 0x20ff,
		[TIERSCOPE_ROLE_DRAM_WRITE] = 0x21ff,
		[TIERSCOPE_ROLE_PMM_READ] = 0x30ff,
		[TIERSCOPE_ROLE_PMM_WRITE] = 0x31ff,
	};
	unsigned int of_box[TIERSCOPE_BOXES] = { 0 };
	struct tierscope_counters *counters;

	counters = resolve(FIXTURES "/sysfs-ice-lake", TIERSCOPE_ROLES_ALL);
	for (size_t i = 0; i < counters->n; i++) {
		const struct tierscope_counter *counter = &counters->counters[i];
		bool is_traffic = traffic & TIERSCOPE_ROLE_BIT(counter->role);
		enum tierscope_box box = TIERSCOPE_BOXES;

		CU_ASSERT_EQUAL_FATAL(tierscope_counter_box(counter, &box), 0);
		CU_ASSERT_EQUAL(box == TIERSCOPE_BOX_IMC_FREE_RUNNING, is_traffic);
		if (is_traffic)
			CU_ASSERT_EQUAL(counter->config,
					free_running[counter->role]);
		if (box == TIERSCOPE_BOX_IMC)
			CU_ASSERT_NOT_EQUAL(counter->unit % 3, 2);
		of_box[box]++;
	}
	/* Two sockets; four programmable counters a box. */
	CU_ASSERT_EQUAL(of_box[TIERSCOPE_BOX_IMC], 2 * 8 * 4);
	CU_ASSERT_EQUAL(of_box[TIERSCOPE_BOX_M2M], 2 * 4 * 4);
	CU_ASSERT_EQUAL(of_box[TIERSCOPE_BOX_IMC_FREE_RUNNING], 2 * 4 * 4);
	tierscope_counters_free(counters);
}

static void test_sapphire_rapids(void)
{
	static const uint64_t spr[TIERSCOPE_ROLES] = {
		[TIERSCOPE_ROLE_CLOCKTICKS] = 0x0101,
		[TIERSCOPE_ROLE_DRAM_READ] = 0xcf05,
		[TIERSCOPE_ROLE_DRAM_WRITE] = 0xf005,
		[TIERSCOPE_ROLE_PMM_READ] = 0x00e3,
		[TIERSCOPE_ROLE_PMM_WRITE] = 0x00e7,
		[TIERSCOPE_ROLE_TAG_HIT] = 0x01d3,
		[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = 0x02d3,
		[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = 0x04d3,
		[TIERSCOPE_ROLE_M2M_READ_HIT] = 0x031f,
		[TIERSCOPE_ROLE_M2M_WRITE_NI] = 0x1a00000025,
		[TIERSCOPE_ROLE_M2M_READ_PMM] = 0x300002024,
		[TIERSCOPE_ROLE_M2M_WRITE_PMM] = 0x1800008025,
	};
	struct tierscope_counters *counters;

	counters = resolve(FIXTURES "/sysfs-sapphire-rapids", TIERSCOPE_ROLES_ALL);
	CU_ASSERT_EQUAL(counters->n, 2 * (8 * 8 + 4 * 4));
	for (size_t i = 0; i < counters->n; i++)
		CU_ASSERT_EQUAL(counters->counters[i].config,
				spr[counters->counters[i].role]);
	tierscope_counters_free(counters);
}

static uint32_t roles = TIERSCOPE_ROLES_ALL;

static int refuse(const char *root, const char *expect)
{
	struct tierscope_counters *counters = NULL;
	struct tierscope *ts = NULL;
	int error;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(root, &ts), 0);
	error = tierscope_counters_resolve(ts, roles, &counters);
	CU_ASSERT_PTR_NULL(counters);
	if (!strstr(tierscope_error(ts), expect))
		CU_FAIL("the sentence does not say why");
	tierscope_free(ts);
	return error;
}

static void test_refusals(void)
{
	struct tree tree = tree_make();

	CU_ASSERT_EQUAL(refuse(FIXTURES "/sysfs-dram-only", "uncore_imc"),
			-ENODEV);
	CU_ASSERT_EQUAL(refuse(tree.path, "uncore_imc"), -ENODEV);

	tree_write(&tree, "sys/bus/event_source/devices/uncore_imc_0/type",
		   "12\n");
	tree_write(&tree, "proc/cpuinfo",
		   "cpu family : 25\nmodel : 1\nmodel name : EPYC\nstepping : 1\n");
	CU_ASSERT_EQUAL(refuse(tree.path, "EPYC"), -EOPNOTSUPP);

	tree_write(&tree, "proc/cpuinfo",
		   "cpu family : 6\nmodel : 85\nmodel name : Xeon\nstepping : 7\n");
	CU_ASSERT_EQUAL(refuse(tree.path, "cpumask"), -ENOENT);

	tree_write(&tree, "sys/bus/event_source/devices/uncore_imc_0/cpumask",
		   "0\n");
	CU_ASSERT_EQUAL(refuse(tree.path, "format"), -EOPNOTSUPP);

	tree_write(&tree, "sys/bus/event_source/devices/uncore_imc_0/format/event",
		   "config:0-7\n");
	tree_write(&tree, "sys/bus/event_source/devices/uncore_imc_0/format/umask",
		   "config1:0-7\n");
	CU_ASSERT_EQUAL(refuse(tree.path, "format"), -EOPNOTSUPP);

	tree_write(&tree, "sys/bus/event_source/devices/uncore_imc_0/format/umask",
		   "config:8-15\n");
	CU_ASSERT_EQUAL(refuse(tree.path, "socket of CPU 0"), -ENOENT);

	/* A Skylake, which knows no Optane. */
	tree_write(&tree, "proc/cpuinfo",
		   "cpu family : 6\nmodel : 85\nmodel name : Xeon\nstepping : 4\n");
	roles = TIERSCOPE_ROLE_BIT(TIERSCOPE_ROLE_PMM_READ);
	CU_ASSERT_EQUAL(refuse(tree.path, "ask for some of dram.read, dram.write"),
			-ENODEV);
	roles = TIERSCOPE_ROLES_ALL;
	tree_remove(&tree);
}

static const struct suite_test tests[] = {
	{ "format files", test_format },
	{ "names of PMUs", test_names },
	{ "generations", test_generations },
	{ "all counters of a machine in Memory Mode", test_all_of_memory_mode },
	{ "all counters of a Cascade Lake", test_all_of_cascade_lake },
	{ "some counters of a Cascade Lake", test_some_of_a_real_one },
	{ "M2M boxes that cannot be told", test_odd_m2m },
	{ "more than a sampler takes", test_more_than_a_sampler_takes },
	{ "an Ice Lake-SP needs no turns", test_ice_lake },
	{ "a Sapphire Rapids", test_sapphire_rapids },
	{ "refusals", test_refusals },
};

SUITE_MAIN("counters", tests)
