/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_COMPAT_TASK_PMU_H
#define TIERSCOPE_COMPAT_TASK_PMU_H

struct pmu;

/*
 * A PMU that counts tasks (perf_hw_context), of a module that may be unloaded.
 *
 * Before the contexts of perf were rewritten (6.2), one such PMU was meant to
 * be there for good: a task that has had an event keeps a pointer to the PMU
 * until it ends, whether the event is still there or not, and the PMU's
 * per-CPU context is never freed. So there the memory of one that goes stays
 * behind, some hundred bytes each time, and does nothing.
 */

/* Register a PMU made after @pattern; ERR_PTR() if that fails. */
struct pmu *tierscope_task_pmu_register(const struct pmu *pattern,
					const char *name, int type);

/* Unregister it. No event of it is left. */
void tierscope_task_pmu_unregister(struct pmu *pmu);

#endif /* TIERSCOPE_COMPAT_TASK_PMU_H */
