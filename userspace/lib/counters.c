// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which counters this machine has: the table says what an event is called by
 * its generation, sysfs says which boxes there are and where they are read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "context.h"
#include "counter_tables.h"
#include "pmu.h"
#include "scope.h"
#include "topology.h"

/* How each role is counted here; NULL for what is not asked for or not to be
 * had. */
struct plan {
	const struct tierscope_encoding *of[TIERSCOPE_ROLES];
};

void tierscope_counters_free(struct tierscope_counters *counters)
{
	if (!counters)
		return;
	free(counters->counters);
	free(counters);
}

static void scope_free_counters_(struct tierscope_counters **counters)
{
	tierscope_counters_free(*counters);
}

static int append(struct tierscope_counters *counters,
		  const struct tierscope_counter *counter)
{
	struct tierscope_counter *grown;

	/* By powers of two. */
	if ((counters->n & (counters->n - 1)) == 0) {
		size_t n = counters->n ? 2 * counters->n : 1;

		grown = reallocarray(counters->counters, n, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		counters->counters = grown;
	}
	counters->counters[counters->n++] = *counter;
	return 0;
}

/* One role of one box, on every die. */
static int resolve_role(struct tierscope *ts, const struct tierscope_pmu *pmu,
			const struct tierscope_encoding *encoding,
			struct tierscope_counters *counters)
{
	struct tierscope_counter counter = {
		.role = encoding->role,
		.unit = pmu->unit,
		.type = pmu->type,
	};
	int error;

	snprintf(counter.pmu, sizeof(counter.pmu), "%s", pmu->name);
	error = tierscope_pmu_config(ts->root, pmu, encoding->event,
				     encoding->umask, &counter.config);
	if (error)
		return tierscope_fail(ts, -EOPNOTSUPP,
				      "cannot encode %s by /sys/bus/event_source/devices/%s/format: %s",
				      encoding->name, pmu->name,
				      strerror(-error));
	for (size_t i = 0; i < pmu->cpus.n; i++) {
		counter.cpu = pmu->cpus.id[i];
		counter.socket = tierscope_cpu_socket(ts->root, counter.cpu);
		if (counter.socket < 0)
			return tierscope_fail(ts, counter.socket,
					      "cannot read the socket of CPU %u, which collects for %s: %s",
					      counter.cpu, pmu->name,
					      strerror(-counter.socket));
		if (append(counters, &counter))
			return tierscope_fail(ts, -ENOMEM,
					      "resolving counters: out of memory");
	}
	return 0;
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

static int compare_boxes(const struct tierscope_counter *a,
			 const struct tierscope_counter *b)
{
	enum tierscope_box x = TIERSCOPE_BOXES, y = TIERSCOPE_BOXES;

	tierscope_counter_box(a, &x);
	tierscope_counter_box(b, &y);
	if (x != y)
		return x < y ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

static int compare(const void *left, const void *right)
{
	const struct tierscope_counter *a = left, *b = right;
	int order;

	if (a->socket != b->socket)
		return a->socket < b->socket ? -1 : 1;
	order = compare_boxes(a, b);
	if (order)
		return order;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	/* Two dies in one package. */
	return (a->cpu > b->cpu) - (a->cpu < b->cpu);
}

static int find_generation(struct tierscope *ts,
			   enum tierscope_generation *ret)
{
	struct tierscope_topology cpu = { 0 };
	int error;

	error = tierscope_cpu_identify(ts->root, &cpu);
	if (error)
		return tierscope_fail(ts, error, "cannot read /proc/cpuinfo: %s",
				      strerror(-error));
	error = tierscope_generation_find(cpu.family, cpu.model, cpu.stepping,
					  ret);
	if (error)
		return tierscope_fail(ts, error,
				      "the memory controller of %s (family %u, model %u, stepping %u) is not known: Skylake-SP to Emerald Rapids are",
				      cpu.cpu_model[0] ? cpu.cpu_model : "this CPU",
				      cpu.family, cpu.model, cpu.stepping);
	return 0;
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
	__attribute__((cleanup(scope_free_counters_)))
	struct tierscope_counters *counters = calloc(1, sizeof(*counters));
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
	error = find_generation(ts, &generation);
	if (error)
		return error;
	make_plan(ts, &boxes, generation, roles, &plan);
	for (size_t i = 0; i < boxes.n; i++) {
		error = resolve_box(ts, &boxes.pmus[i], &plan, counters);
		if (error)
			return error;
	}
	if (roles && !counters->n)
		return none_of_them(ts, generation, boxes.kinds);
	if (counters->n > 0)
		qsort(counters->counters, counters->n,
		      sizeof(*counters->counters), compare);
	*ret = scope_take(counters);
	return 0;
}
