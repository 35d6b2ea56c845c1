// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a machine can count, against how its counters are resolved.
 */
#include <errno.h>
#include <string.h>

#include <linux/perf_event.h>

#include <tierscope/events.h>

#include "suite.h"

static const char *const machines[] = {
	FIXTURES "/sysfs-skylake",
	FIXTURES "/sysfs-cascade-lake",
	FIXTURES "/sysfs-cooper-lake",
	FIXTURES "/sysfs-ice-lake",
	FIXTURES "/sysfs-sapphire-rapids",
	FIXTURES "/sysfs-emerald-rapids",
	FIXTURES "/sysfs-memory-mode",
};

static void same(const struct tierscope_counters *a,
		 const struct tierscope_counters *b)
{
	CU_ASSERT_EQUAL_FATAL(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		CU_ASSERT_STRING_EQUAL(a->counters[i].pmu, b->counters[i].pmu);
		CU_ASSERT_EQUAL(a->counters[i].type, b->counters[i].type);
		CU_ASSERT_EQUAL(a->counters[i].config, b->counters[i].config);
		CU_ASSERT_EQUAL(a->counters[i].cpu, b->counters[i].cpu);
		CU_ASSERT_EQUAL(a->counters[i].unit, b->counters[i].unit);
	}
}

/* What is used of a role, by the event that is shown, is what a sampler would
 * be given for the role; and there is none of what is not used. */
static void check_role(struct tierscope *ts, const struct tierscope_events *events,
		       enum tierscope_role role)
{
	struct tierscope_counters *by_role = NULL, *by_event = NULL;
	const char *name = tierscope_role_name(role);
	const struct tierscope_event *used = NULL;
	unsigned int rows = 0;
	int error;

	for (size_t i = 0; i < events->n; i++) {
		if (strcmp(events->events[i].role, name))
			continue;
		rows++;
		if (!events->events[i].used)
			continue;
		CU_ASSERT_PTR_NULL(used);
		CU_ASSERT_TRUE(events->events[i].supported);
		used = &events->events[i];
	}
	CU_ASSERT_TRUE(rows > 0);
	error = tierscope_counters_resolve(ts, TIERSCOPE_ROLE_BIT(role), &by_role);
	CU_ASSERT_EQUAL(error, used ? 0 : -ENODEV);
	if (error || !used)
		return;
	CU_ASSERT_EQUAL_FATAL(tierscope_counters_resolve_event(ts,
		used->encoding, &by_event), 0);
	same(by_role, by_event);
	CU_ASSERT_EQUAL(by_role->n, 2 * used->n_boxes);
	CU_ASSERT_STRING_EQUAL(used->cpus, "0,2");
	tierscope_counters_free(by_role);
	tierscope_counters_free(by_event);
}

static void test_all_machines(void)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct tierscope_events *events;
		struct tierscope *ts;

		CU_ASSERT_EQUAL_FATAL(tierscope_new(machines[i], &ts), 0);
		CU_ASSERT_EQUAL_FATAL(tierscope_events_list(ts, &events), 0);
		for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++)
			check_role(ts, events, role);
		for (size_t k = 0; k < events->n; k++) {
			const struct tierscope_event *event = &events->events[k];

			/* Never without a word on why not. */
			CU_ASSERT_TRUE(event->supported || *event->note);
			CU_ASSERT_TRUE(!event->supported ||
				       (*event->encoding && *event->source));
		}
		tierscope_events_free(events);
		tierscope_free(ts);
	}
}

static void tasks_of(const char *root, struct tierscope_task_event *ret)
{
	struct tierscope *ts;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(root, &ts), 0);
	CU_ASSERT_EQUAL_FATAL(tierscope_task_events(ts, ret), 0);
	tierscope_free(ts);
}

static void test_tasks(void)
{
	static const uint64_t configs[TIERSCOPE_TASK_ROLES] = {
		[TIERSCOPE_TASK_LOAD_LOCAL_DRAM] = 0x01d3,
		[TIERSCOPE_TASK_LOAD_REMOTE_DRAM] = 0x02d3,
		[TIERSCOPE_TASK_LOAD_LOCAL_PMM] = 0x80d1,
		[TIERSCOPE_TASK_LOAD_REMOTE_PMM] = 0x10d3,
		[TIERSCOPE_TASK_LOAD_L3_MISS] = 0x20d1,
		[TIERSCOPE_TASK_INSTRUCTIONS] = 0x00c0,
		[TIERSCOPE_TASK_CYCLES] = 0x003c,
	};
	struct tierscope_task_event tasks[TIERSCOPE_TASK_ROLES];
	enum tierscope_task_role role;

	tasks_of(FIXTURES "/sysfs-cascade-lake", tasks);
	for (unsigned int i = 0; i < TIERSCOPE_TASK_ROLES; i++) {
		CU_ASSERT_TRUE(tasks[i].available && !tasks[i].assumed);
		CU_ASSERT_EQUAL(tasks[i].type, PERF_TYPE_RAW);
		CU_ASSERT_EQUAL(tasks[i].config, configs[i]);
		CU_ASSERT_TRUE(tasks[i].exclude_kernel && tasks[i].exclude_hv);
		CU_ASSERT_STRING_EQUAL(tasks[i].reason, "");
		CU_ASSERT_EQUAL(tierscope_task_role_from_name(
			tierscope_task_role_name(i), &role), 0);
		CU_ASSERT_EQUAL(role, i);
	}
	CU_ASSERT_PTR_NULL(tierscope_task_role_name(TIERSCOPE_TASK_ROLES));
	CU_ASSERT_EQUAL(tierscope_task_role_from_name("load", &role), -EINVAL);

	tasks_of(FIXTURES "/sysfs-cooper-lake", tasks);
	CU_ASSERT_TRUE(tasks[TIERSCOPE_TASK_LOAD_LOCAL_PMM].available);
	CU_ASSERT_TRUE(tasks[TIERSCOPE_TASK_LOAD_LOCAL_PMM].assumed);

	/* Encoded as Sapphire Rapids, without its Optane. */
	tasks_of(FIXTURES "/sysfs-emerald-rapids", tasks);
	CU_ASSERT_TRUE(tasks[TIERSCOPE_TASK_LOAD_LOCAL_DRAM].available);
	CU_ASSERT_FALSE(tasks[TIERSCOPE_TASK_LOAD_LOCAL_PMM].available);
	CU_ASSERT_PTR_NOT_NULL(strstr(tasks[TIERSCOPE_TASK_LOAD_LOCAL_PMM].reason,
				      "takes no Optane"));
	CU_ASSERT_EQUAL(tasks[TIERSCOPE_TASK_LOAD_LOCAL_PMM].config, 0);

	/* No core PMU: what it would be is known all the same. */
	tasks_of(FIXTURES "/sysfs-dram-only", tasks);
	for (unsigned int i = 0; i < TIERSCOPE_TASK_ROLES; i++) {
		CU_ASSERT_FALSE(tasks[i].available);
		CU_ASSERT_EQUAL(tasks[i].config, configs[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(tasks[i].reason, "core PMU"));
	}

	/* A model that nobody knows. */
	tasks_of(FIXTURES "/sysfs-granite-rapids", tasks);
	for (unsigned int i = 0; i < TIERSCOPE_TASK_ROLES; i++)
		CU_ASSERT_EQUAL(tasks[i].available,
				i == TIERSCOPE_TASK_INSTRUCTIONS ||
				i == TIERSCOPE_TASK_CYCLES);
	CU_ASSERT_EQUAL(tasks[TIERSCOPE_TASK_INSTRUCTIONS].type, PERF_TYPE_HARDWARE);
	CU_ASSERT_EQUAL(tasks[TIERSCOPE_TASK_INSTRUCTIONS].config,
			PERF_COUNT_HW_INSTRUCTIONS);
	CU_ASSERT_EQUAL(tasks[TIERSCOPE_TASK_CYCLES].config,
			PERF_COUNT_HW_CPU_CYCLES);
}

static void test_listings(void)
{
	for (unsigned int i = 0; i < TIERSCOPE_LISTINGS; i++)
		CU_ASSERT_PTR_NOT_NULL(tierscope_listing_name(i));
	CU_ASSERT_PTR_NULL(tierscope_listing_name(TIERSCOPE_LISTINGS));
}

static const struct suite_test tests[] = {
	{ "what is shown is what is counted", test_all_machines },
	{ "what cores count", test_tasks },
	{ "listings", test_listings },
};

SUITE_MAIN("events", tests)
