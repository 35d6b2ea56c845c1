// SPDX-License-Identifier: GPL-2.0-only
#include <linux/perf_event.h>
#include <linux/tierscope.h>

#include "sampler_request.h"

enum tierscope_sampler_refusal
tierscope_sampler_request_check(__u64 interval_ns, __u32 counters)
{
	if (interval_ns < TIERSCOPE_INTERVAL_MIN_NS)
		return TIERSCOPE_SAMPLER_INTERVAL_SHORT;
	if (interval_ns > TIERSCOPE_INTERVAL_MAX_NS)
		return TIERSCOPE_SAMPLER_INTERVAL_LONG;
	if (!counters)
		return TIERSCOPE_SAMPLER_NO_COUNTER;
	if (counters > TIERSCOPE_COUNTERS_MAX)
		return TIERSCOPE_SAMPLER_MANY_COUNTERS;
	return TIERSCOPE_SAMPLER_OK;
}

/*
 * These two count what software does. A tracepoint reads an event id out of
 * config, a breakpoint an address out of config1: neither is a register of a
 * PMU, which is all that a sampler is for.
 */
enum tierscope_sampler_refusal
tierscope_counter_request_check(const struct tierscope_counter_request *request)
{
	switch (request->type) {
	case PERF_TYPE_TRACEPOINT:
		return TIERSCOPE_SAMPLER_TRACEPOINT;
	case PERF_TYPE_BREAKPOINT:
		return TIERSCOPE_SAMPLER_BREAKPOINT;
	}
	return TIERSCOPE_SAMPLER_OK;
}

bool tierscope_counter_request_same(const struct tierscope_counter_request *a,
				    const struct tierscope_counter_request *b)
{
	return a->type == b->type && a->cpu == b->cpu &&
	       a->config == b->config && a->config1 == b->config1 &&
	       a->config2 == b->config2;
}

__u64 tierscope_sampler_request_readings(__u64 interval_ns, __u32 counters)
{
	/* 32 bits of counters times a second in ns fit into 64. */
	return (counters * 1000000000ULL + interval_ns - 1) / interval_ns;
}
