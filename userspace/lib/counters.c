// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which counters this machine has: the table says what an event is called by
 * its generation, sysfs says which boxes there are and where they are read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "boxes.h"
#include "context.h"
#include "counter_list.h"
#include "counter_tables.h"
#include "pmu.h"
#include "scope.h"
#include "topology.h"

/* How each role is counted here; NULL for what is not asked for or not to be
 * had. */
struct plan {
	const struct tierscope_encoding *of[TIERSCOPE_ROLES];
};

static int resolve_role(struct tierscope *ts, const struct tierscope_pmu *pmu,
			const struct tierscope_encoding *encoding,
			struct tierscope_counters *counters)
{
	uint64_t config;
	int error;

	error = tierscope_pmu_config(ts->root, pmu, encoding->event,
				     encoding->umask, &config);
	if (error)
		return tierscope_fail(ts, -EOPNOTSUPP,
				      "cannot encode %s by /sys/bus/event_source/devices/%s/format: %s",
				      encoding->name, pmu->name,
				      strerror(-error));
	return tierscope_counters_add(ts, counters, pmu, encoding->role, config);
}

static int resolve_box(struct tierscope *ts,
		       const struct tierscope_box_pmu *box,
		       const struct plan *plan,
		       struct tierscope_counters *counters)
{
	struct tierscope_pmu pmu;
	bool wanted = false;
	int error;

	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++)
		wanted |= plan->of[role] && plan->of[role]->box == box->box;
	if (!wanted)
		return 0;
	error = tierscope_pmu_read(ts->root, box->name, box->unit, &pmu);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read type and cpumask in /sys/bus/event_source/devices/%s: %s",
				      box->name, strerror(-error));
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++) {
		if (!plan->of[role] || plan->of[role]->box != box->box)
			continue;
		error = resolve_role(ts, &pmu, plan->of[role], counters);
		if (error)
			return error;
	}
	return 0;
}

/* Whether the first box of its kind can be told to count @encoding. */
static bool can_count(struct tierscope *ts, const struct tierscope_boxes *boxes,
		      const struct tierscope_encoding *encoding)
{
	struct tierscope_pmu pmu;
	uint64_t config;

	for (size_t i = 0; i < boxes->n; i++)
		if (boxes->pmus[i].box == encoding->box)
			return !tierscope_pmu_read(ts->root,
						   boxes->pmus[i].name,
						   boxes->pmus[i].unit, &pmu) &&
			       !tierscope_pmu_config(ts->root, &pmu,
						     encoding->event,
						     encoding->umask, &config);
	return false;
}

/* Without the memory channels there is nothing to say, and what is wrong with
 * them is said. The other boxes add to them, where they can. */
static void make_plan(struct tierscope *ts, const struct tierscope_boxes *boxes,
		      enum tierscope_generation generation, uint32_t roles,
		      struct plan *plan)
{
	for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++) {
		const struct tierscope_encoding *encoding = NULL;
		uint32_t kinds = boxes->kinds;

		while (roles & TIERSCOPE_ROLE_BIT(role)) {
			encoding = tierscope_encoding_find(generation, role,
							   kinds);
			if (!encoding || encoding->box == TIERSCOPE_BOX_IMC ||
			    can_count(ts, boxes, encoding))
				break;
			kinds &= ~TIERSCOPE_BOX_BIT(encoding->box);
		}
		plan->of[role] = encoding;
	}
}

/* Names what to ask for instead: the roles that the generation has, but the
 * clock, which says nothing of traffic. */
static int none_of_them(struct tierscope *ts,
			enum tierscope_generation generation, uint32_t kinds)
{
	char list[256] = "";
	size_t used = 0;

	for (unsigned int role = TIERSCOPE_ROLE_CLOCKTICKS + 1;
	     role < TIERSCOPE_ROLES && used < sizeof(list); role++)
		if (tierscope_encoding_find(generation, role, kinds))
			used += snprintf(list + used, sizeof(list) - used,
					 "%s%s", used ? ", " : "",
					 tierscope_role_name(role));
	return tierscope_fail(ts, -ENODEV,
			      "the memory controllers of this machine have none of the events asked for: ask for some of %s",
			      list);
}

int tierscope_counters_resolve(struct tierscope *ts, uint32_t roles,
			       struct tierscope_counters **ret)
{
	scope_counters struct tierscope_counters *counters = tierscope_counters_new();
	scope_boxes struct tierscope_boxes boxes = { 0 };
	enum tierscope_generation generation;
	struct plan plan;
	int error;

	if (!counters)
		return tierscope_fail(ts, -ENOMEM,
				      "resolving counters: out of memory");
	error = tierscope_boxes_find(ts, &boxes);
	if (error)
		return error;
	if (!(boxes.kinds & TIERSCOPE_BOX_BIT(TIERSCOPE_BOX_IMC)))
		return tierscope_fail(ts, -ENODEV,
				      "this machine shows no memory controller PMU (no uncore_imc in /sys/bus/event_source/devices): load intel_uncore, in a simulated machine tierscope_sim");
	error = tierscope_generation_here(ts, &generation);
	if (error)
		return error;
	make_plan(ts, &boxes, generation, roles, &plan);
	for (size_t i = 0; i < boxes.n; i++) {
		if (!tierscope_box_is_populated(&boxes.pmus[i], generation))
			continue;
		error = resolve_box(ts, &boxes.pmus[i], &plan, counters);
		if (error)
			return error;
	}
	if (roles && !counters->n)
		return none_of_them(ts, generation, boxes.kinds);
	tierscope_counters_sort(counters);
	*ret = scope_take(counters);
	return 0;
}

int tierscope_counters_resolve_fitting(struct tierscope *ts, uint32_t *roles,
				       struct tierscope_counters **ret)
{
	const uint32_t fewer = *roles & ~TIERSCOPE_ROLES_M2M;
	scope_counters struct tierscope_counters *counters = NULL;
	int error;

	error = tierscope_counters_resolve(ts, *roles, &counters);
	if (error)
		return error;
	if (counters->n <= TIERSCOPE_COUNTERS_MAX || !fewer || fewer == *roles) {
		*ret = scope_take(counters);
		return 0;
	}
	error = tierscope_counters_resolve(ts, fewer, ret);
	if (!error)
		*roles = fewer;
	return error;
}
