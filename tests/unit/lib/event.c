// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Events by their names.
 */
#include <errno.h>
#include <string.h>

#include <tierscope/events.h>

#include "suite.h"
#include "tree.h"

#define DEVICES "sys/bus/event_source/devices/"

static struct tierscope *ts;

static void open_machine(const char *root)
{
	CU_ASSERT_EQUAL_FATAL(tierscope_new(root, &ts), 0);
}

static void close_machine(void)
{
	tierscope_free(ts);
	ts = NULL;
}

/* @n counters of @config, the first of them of @pmu. */
static void gives(const char *text, size_t n, const char *pmu, uint64_t config)
{
	struct tierscope_counters *counters = NULL;

	if (tierscope_counters_resolve_event(ts, text, &counters)) {
		CU_FAIL_FATAL("refused");
		return;
	}
	CU_ASSERT_EQUAL(counters->n, n);
	CU_ASSERT_STRING_EQUAL(counters->counters[0].pmu, pmu);
	for (size_t i = 0; i < counters->n; i++) {
		CU_ASSERT_EQUAL(counters->counters[i].config, config);
		CU_ASSERT_EQUAL(counters->counters[i].role, TIERSCOPE_ROLE_NONE);
	}
	tierscope_counters_free(counters);
}

static void refuses(const char *text, int error, const char *says)
{
	struct tierscope_counters *counters = NULL;

	CU_ASSERT_EQUAL(tierscope_counters_resolve_event(ts, text, &counters),
			error);
	CU_ASSERT_PTR_NULL(counters);
	if (!strstr(tierscope_error(ts), says)) {
		fprintf(stderr, "%s: %s\n", text, tierscope_error(ts));
		CU_FAIL("the sentence does not say why");
	}
}

static void test_families(void)
{
	struct tierscope_counters *counters;

	open_machine(FIXTURES "/sysfs-cascade-lake");
	gives("uncore_imc/event=0xd3,umask=0x01/", 12, "uncore_imc_0", 0x01d3);
	gives("imc/event=211,umask=1/", 12, "uncore_imc_0", 0x01d3);
	gives("uncore_imc_3/umask=0x4,event=0xd3/", 2, "uncore_imc_3", 0x04d3);
	gives("uncore_m2m/config=0x8038/", 4, "uncore_m2m_0", 0x8038);
	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve_event(ts,
		"uncore_imc_3/event=1/", &counters), 0);
	CU_ASSERT_EQUAL(counters->counters[0].unit, 3);
	CU_ASSERT_EQUAL(counters->counters[0].type, 17);
	CU_ASSERT_EQUAL(counters->counters[1].socket, 1);
	CU_ASSERT_EQUAL(counters->counters[1].cpu, 2);
	tierscope_counters_free(counters);
	close_machine();

	/* Without the boxes that nothing is behind, unless one is named. */
	open_machine(FIXTURES "/sysfs-ice-lake");
	gives("uncore_imc/event=0xd3,umask=0x01/", 16, "uncore_imc_0", 0x01d3);
	gives("uncore_imc_2/event=0xd3,umask=0x01/", 2, "uncore_imc_2", 0x01d3);
	gives("uncore_m2m/event=0x38,umask=0x1e00/", 8, "uncore_m2m_0", 0x1e00000038);
	gives("imc_free_running/ddrt_read/", 8, "uncore_imc_free_running_0", 0x30ff);
	gives("imc/cas_count_read/", 16, "uncore_imc_0", 0x0f04);
	refuses("imc/cas_count_read,umask=1/", -EINVAL, "given twice");
	close_machine();

	/* A model that nobody knows. */
	open_machine(FIXTURES "/sysfs-granite-rapids");
	gives("uncore_imc/event=0x05,umask=0xcf/", 12, "uncore_imc_0", 0xcf05);
	close_machine();
}

static void test_refusals(void)
{
	open_machine(FIXTURES "/sysfs-cascade-lake");
	refuses("", -EINVAL, "PMU and a slash");
	refuses("uncore_imc", -EINVAL, "PMU and a slash");
	refuses("/event=1/", -EINVAL, "PMU and a slash");
	refuses("../imc/event=1/", -EINVAL, "PMU and a slash");
	refuses("uncore_imc/../", -EINVAL, "fields are words");
	refuses("uncore_imc/", -EINVAL, "fields are words");
	refuses("uncore_imc//", -EINVAL, "fields are words");
	refuses("uncore_imc/event=1", -EINVAL, "fields are words");
	refuses("uncore_imc/event=1/x", -EINVAL, "second slash");
	refuses("uncore_imc/event=/", -EINVAL, "a value is a number");
	refuses("uncore_imc/event=0x/", -EINVAL, "a value is a number");
	refuses("uncore_imc/event=0x0x1/", -EINVAL, "a value is a number");
	refuses("uncore_imc/event=-1/", -EINVAL, "a value is a number");
	refuses("uncore_imc/event=0x10000000000000000/", -EINVAL, "64 bits");
	refuses("uncore_imc/event=1;umask=2/", -EINVAL, "commas");
	refuses("uncore_imc/event=1,event=2/", -EINVAL, "given twice");
	refuses("uncore_imc/event=1,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p/", -EINVAL,
		"too many fields");
	refuses("uncore_cha/event=1/", -ENODEV, "no PMU 'uncore_cha'");
	refuses("uncore_imc_7/event=1/", -ENODEV, "no PMU 'uncore_imc_7'");
	refuses("uncore_imc/events=1/", -ENOENT, "has no field 'events'");
	refuses("uncore_imc/events=1/", -ENOENT, "has event, umask");
	refuses("uncore_imc/no_such_event/", -ENOENT, "no field 'no_such_event'");
	refuses("uncore_imc/event=0x1d3/", -ERANGE, "config:0-7");
	refuses("load.l4_miss", -EINVAL, "PMU and a slash");
	close_machine();
}

static void test_cores(void)
{
	struct tierscope_counters *counters;

	open_machine(FIXTURES "/sysfs-cascade-lake");
	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve_event(ts,
		"load.local_pmm", &counters), 0);
	CU_ASSERT_EQUAL(counters->n, 8);	/* CPUs that are online */
	for (size_t i = 0; i < counters->n; i++) {
		CU_ASSERT_STRING_EQUAL(counters->counters[i].pmu, "cpu");
		CU_ASSERT_EQUAL(counters->counters[i].type, 4);
		CU_ASSERT_EQUAL(counters->counters[i].config, 0x80d1);
		CU_ASSERT_EQUAL(counters->counters[i].socket, (int)i / 4);
	}
	tierscope_counters_free(counters);
	gives("cpu/event=0xd1,umask=0x80/", 8, "cpu", 0x80d1);
	gives("instructions", 8, "cpu", 0x00c0);
	close_machine();

	open_machine(FIXTURES "/sysfs-emerald-rapids");
	refuses("load.local_pmm", -ENODEV, "takes no Optane");
	close_machine();

	/* Of a model that nobody knows, by the kernel's own names. */
	open_machine(FIXTURES "/sysfs-granite-rapids");
	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve_event(ts,
		"instructions", &counters), 0);
	CU_ASSERT_EQUAL(counters->counters[0].type, 0);
	CU_ASSERT_STRING_EQUAL(counters->counters[0].pmu, "");
	tierscope_counters_free(counters);
	close_machine();
}

/* Of a PMU whose driver puts fields elsewhere. */
static void test_odd_fields(void)
{
	struct tree tree = tree_make();

	tree_write(&tree, "sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n");
	tree_write(&tree, DEVICES "uncore_cha/type", "30\n");
	tree_write(&tree, DEVICES "uncore_cha/cpumask", "0\n");
	tree_write(&tree, DEVICES "uncore_cha/format/event", "config:0-7\n");
	tree_write(&tree, DEVICES "uncore_cha/format/edge", "config:18\n");
	tree_write(&tree, DEVICES "uncore_cha/format/filter", "config1:0-7\n");
	tree_write(&tree, DEVICES "uncore_cha/format/odd", "nonsense\n");
	tree_write(&tree, DEVICES "uncore_cha/events/loop", "loop\n");
	open_machine(tree.path);
	gives("cha/event=2,edge/", 1, "uncore_cha", 0x40002);
	refuses("cha/edge=2/", -ERANGE, "edge=0x2");
	refuses("cha/event=2,filter=1/", -EOPNOTSUPP, "config1:0-7");
	refuses("cha/odd=1/", -EBADMSG, "format/odd");
	refuses("cha/loop/", -ENOENT, "no field 'loop'");
	close_machine();
	tree_remove(&tree);
}

static const struct suite_test tests[] = {
	{ "PMUs and their families", test_families },
	{ "cores count for all that runs on them", test_cores },
	{ "what is no event, and why", test_refusals },
	{ "fields that are elsewhere", test_odd_fields },
};

SUITE_MAIN("event", tests)
