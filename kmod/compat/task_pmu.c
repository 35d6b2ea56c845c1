// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "task_pmu.h"

#ifdef PERF_PMU_CAP_HETEROGENEOUS_CPUS	/* went with the rewrite */

/**
 * struct lasting_pmu - a PMU whose memory stays
 * @pmu: it
 * @disable_count: takes the place of pmu->pmu_disable_count, which
 *	perf_pmu_unregister() frees and contexts that are left still write to
 */
struct lasting_pmu {
	struct pmu pmu;
	int __percpu *disable_count;
};

struct pmu *tierscope_task_pmu_register(const struct pmu *pattern,
					const char *name, int type)
{
	struct lasting_pmu *lasting = kzalloc(sizeof(*lasting), GFP_KERNEL);
	int err = -ENOMEM;

	if (!lasting)
		return ERR_PTR(-ENOMEM);
	lasting->disable_count = alloc_percpu(int);
	if (!lasting->disable_count)
		goto free_pmu;
	lasting->pmu = *pattern;
	/* Without it, a second one in the life of the kernel is refused. */
	lasting->pmu.capabilities |= PERF_PMU_CAP_HETEROGENEOUS_CPUS;
	err = perf_pmu_register(&lasting->pmu, name, type);
	if (err)
		goto free_count;
	return &lasting->pmu;

free_count:
	free_percpu(lasting->disable_count);
free_pmu:
	kfree(lasting);
	return ERR_PTR(err);
}

/* What is left are functions and memory of the kernel itself. */
void tierscope_task_pmu_unregister(struct pmu *pmu)
{
	struct lasting_pmu *lasting =
		container_of(pmu, struct lasting_pmu, pmu);

	perf_pmu_unregister(pmu);
	pmu->pmu_disable_count = lasting->disable_count;
	pmu->module = NULL;
	pmu->name = NULL;
	pmu->attr_groups = NULL;
	pmu->event_init = NULL;
	pmu->add = NULL;
	pmu->del = NULL;
	pmu->start = NULL;
	pmu->stop = NULL;
	pmu->read = NULL;
}

#else

struct pmu *tierscope_task_pmu_register(const struct pmu *pattern,
					const char *name, int type)
{
	struct pmu *pmu = kmemdup(pattern, sizeof(*pattern), GFP_KERNEL);
	int err;

	if (!pmu)
		return ERR_PTR(-ENOMEM);
	err = perf_pmu_register(pmu, name, type);
	if (err) {
		kfree(pmu);
		return ERR_PTR(err);
	}
	return pmu;
}

void tierscope_task_pmu_unregister(struct pmu *pmu)
{
	perf_pmu_unregister(pmu);
	kfree(pmu);
}

#endif
