/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_COMPAT_TASK_CONTEXT_H
#define TIERSCOPE_COMPAT_TASK_CONTEXT_H

#include <linux/compiler.h>
#include <linux/perf_event.h>
#include <linux/sched.h>

/*
 * The perf events of a task: one context for all of them, or, before they were
 * rewritten (6.2), one for those of hardware and one for software's. The memory
 * of a context is freed by RCU: call it, and use what it gives, under
 * rcu_read_lock(). NULL if there is none.
 */
#ifdef PERF_PMU_CAP_HETEROGENEOUS_CPUS	/* went with the rewrite */

#define TIERSCOPE_TASK_CONTEXTS perf_nr_task_contexts

static inline struct perf_event_context *
tierscope_task_context(const struct task_struct *task, int n)
{
	return READ_ONCE(task->perf_event_ctxp[n]);
}

#else

#define TIERSCOPE_TASK_CONTEXTS 1

static inline struct perf_event_context *
tierscope_task_context(const struct task_struct *task, int n)
{
	return READ_ONCE(task->perf_event_ctxp);
}

#endif

#endif /* TIERSCOPE_COMPAT_TASK_CONTEXT_H */
