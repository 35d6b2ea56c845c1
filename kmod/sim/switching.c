// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/perf_event.h>
#include <linux/sched.h>

#include "switching.h"

static struct perf_event *held;

/* It counts nothing, and outlives the task, which is who loads the module. */
int tierscope_sim_switching_hold(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
	};

	held = perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
	return PTR_ERR_OR_ZERO(held);
}

void tierscope_sim_switching_release(void)
{
	perf_event_release_kernel(held);
	held = NULL;
}
