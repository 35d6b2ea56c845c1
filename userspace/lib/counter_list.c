// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "counter_list.h"
#include "topology.h"

struct tierscope_counters *tierscope_counters_new(void)
{
	return calloc(1, sizeof(struct tierscope_counters));
}

void tierscope_counters_free(struct tierscope_counters *counters)
{
	if (!counters)
		return;
	free(counters->counters);
	free(counters);
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

int tierscope_counters_add(struct tierscope *ts,
			   struct tierscope_counters *counters,
			   const struct tierscope_pmu *pmu,
			   enum tierscope_role role, uint64_t config)
{
	struct tierscope_counter counter = {
		.role = role,
		.unit = pmu->unit,
		.type = pmu->type,
		.config = config,
	};

	snprintf(counter.pmu, sizeof(counter.pmu), "%s", pmu->name);
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

void tierscope_counters_sort(struct tierscope_counters *counters)
{
	if (counters->n > 0)
		qsort(counters->counters, counters->n,
		      sizeof(*counters->counters), compare);
}
