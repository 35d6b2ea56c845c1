// SPDX-License-Identifier: GPL-2.0-only
#include "cadence.h"

void tierscope_cadence_start(struct tierscope_cadence *cadence, __u64 now_ns,
			     __u64 interval_ns)
{
	cadence->interval_ns = interval_ns;
	cadence->next_ns = now_ns + interval_ns;
	cadence->lost = 0;
}

int tierscope_cadence_take(struct tierscope_cadence *cadence, __u64 now_ns)
{
	__u64 late;

	if (now_ns < cadence->next_ns)
		return 0;
	late = (now_ns - cadence->next_ns) / cadence->interval_ns;
	cadence->lost += late;
	cadence->next_ns += (late + 1) * cadence->interval_ns;
	return 1;
}
